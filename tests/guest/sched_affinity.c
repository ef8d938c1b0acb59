/*
 * sched_getaffinity(2) and sched_setaffinity(2): one processor, none, bad
 * sizes
 */
#include "t.h"

int main(void)
{
	cpu_set_t all, one;
	int cpu;

	CPU_ZERO(&all);
	T_OK(sched_getaffinity(0, sizeof(all), &all));
	T_GE(CPU_COUNT(&all), 1);
	for (cpu = 0; !CPU_ISSET(cpu, &all); cpu++)
		;
	CPU_ZERO(&one);
	T_ERR(sched_setaffinity(0, sizeof(one), &one), EINVAL);
	CPU_SET(cpu, &one);
	T_OK(sched_setaffinity(0, sizeof(one), &one));
	CPU_ZERO(&all);
	T_OK(sched_getaffinity(0, sizeof(all), &all));
	T_TRUE(CPU_EQUAL(&all, &one));
	T_ERR(syscall(SYS_sched_getaffinity, 0, 4, &all), EINVAL);
	T_ERR(syscall(SYS_sched_getaffinity, 0, sizeof(all), t_badptr()), EFAULT);
	T_ERR(sched_getaffinity(999999, sizeof(all), &all), ESRCH);
	return 0;
}
