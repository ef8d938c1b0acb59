/*
 * timer_create(2) and its kin: bad clock, bad signal, no such timer, bad times
 */
#include "t.h"

int main(void)
{
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = 200};
	struct itimerspec it = {{0, 0}, {0, 1000000000}};
	int id = -1;

	T_ERR(syscall(SYS_timer_create, 999, NULL, &id), EINVAL);
	T_ERR(syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id), EINVAL);
	T_ERR(syscall(SYS_timer_create, CLOCK_MONOTONIC, t_badptr(), &id), EFAULT);
	T_ERR(syscall(SYS_timer_settime, 4242, 0, &it, NULL), EINVAL);
	T_ERR(syscall(SYS_timer_delete, 4242), EINVAL);
	T_ERR(syscall(SYS_timer_gettime, 4242, &it), EINVAL);
	T_ERR(syscall(SYS_timer_getoverrun, 4242), EINVAL);
	T_OK(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &id));
	T_ERR(syscall(SYS_timer_settime, id, 0, &it, NULL), EINVAL);
	T_OK(syscall(SYS_timer_delete, id));
	return 0;
}
