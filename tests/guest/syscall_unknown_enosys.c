/* a system call number that nobody defined is ENOSYS */
#include "t.h"

int main(void)
{
	T_ERR(syscall(999), ENOSYS);
	T_ERR(syscall(1 << 20, 1, 2, 3), ENOSYS);
	T_ERR(syscall(-1L), ENOSYS);
	return 0;
}
