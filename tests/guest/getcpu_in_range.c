/* getcpu(2) names a processor of the set, a node, and EFAULT */
#include "t.h"

int main(void)
{
	unsigned cpu = 99999, node = 99999;

	T_OK(syscall(SYS_getcpu, &cpu, &node, NULL));
	T_LT(cpu, 4096);
	T_LT(node, 1024);
	T_OK(syscall(SYS_getcpu, NULL, NULL, NULL));
	T_ERR(syscall(SYS_getcpu, t_badptr(), NULL, NULL), EFAULT);
	return 0;
}
