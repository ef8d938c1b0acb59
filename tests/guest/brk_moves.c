/* brk(2) grows zeroed memory and gives it back */
#include "t.h"

int main(void)
{
	char *start = (char *)syscall(SYS_brk, 0), *end;

	end = (char *)syscall(SYS_brk, start + 100000);
	T_TRUE(end == start + 100000);
	T_EQ(start[50000], 0);
	memset(start, 1, 100000);
	T_TRUE((char *)syscall(SYS_brk, start) == start);
	T_TRUE((char *)syscall(SYS_brk, start + 100000) == end);
	T_EQ(((volatile char *)start)[99999], 0);
	T_TRUE((char *)syscall(SYS_brk, t_badptr()) == end);
	T_TRUE((char *)syscall(SYS_brk, -1L) == end);
	return 0;
}
