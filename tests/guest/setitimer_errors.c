/* setitimer(2): unknown timer, bad microseconds, bad address */
#include "t.h"

int main(void)
{
	struct itimerval it = {{0, 0}, {0, 1000000}};

	T_ERR(setitimer(3, &it, NULL), EINVAL);
	T_ERR(setitimer(ITIMER_REAL, &it, NULL), EINVAL);
	T_ERR(syscall(SYS_setitimer, ITIMER_REAL, t_badptr(), NULL), EFAULT);
	T_ERR(getitimer(7, &it), EINVAL);
	return 0;
}
