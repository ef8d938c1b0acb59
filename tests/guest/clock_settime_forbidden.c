/* nobody in here sets the clock: EPERM for an ordinary user */
#include "t.h"

int main(void)
{
	struct timespec ts = {1, 0};
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		t_drop_root();
		T_ERR(clock_settime(CLOCK_REALTIME, &ts), EPERM);
		T_ERR(syscall(SYS_clock_settime, CLOCK_MONOTONIC, &ts), EINVAL);
		T_ERR(settimeofday(&(struct timeval){1, 0}, NULL), EPERM);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
