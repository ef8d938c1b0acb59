/*
 * an interrupted sleep until a moment gives EINTR and leaves the remainder
 * alone
 */
#include "t.h"

int main(void)
{
	struct timespec ts, left = {55, 66};
	int64_t until = t_now(CLOCK_MONOTONIC) + 9000000000LL;
	pid_t me = getpid(), helper;

	t_on_signal(SIGUSR1, t_ignore_signal, SA_RESTART);
	ts.tv_sec = until / 1000000000;
	ts.tv_nsec = until % 1000000000;
	helper = T_OK(fork());
	if (helper == 0) {
		t_await_sleep(me);
		T_OK(kill(me, SIGUSR1));
		_exit(0);
	}
	T_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, &left), EINTR);
	T_EQ(left.tv_sec, 55);
	t_reap(helper);
	return 0;
}
