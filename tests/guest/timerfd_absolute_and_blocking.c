/*
 * timerfd until a moment: a blocking read sleeps until then; the past expires
 * at once
 */
#include <sys/timerfd.h>

#include "t.h"

int main(void)
{
	int64_t until = t_now(CLOCK_MONOTONIC) + 2000000;
	struct itimerspec it = {{0, 0}, {until / 1000000000, until % 1000000000}};
	uint64_t n;
	int fd = T_OK(timerfd_create(CLOCK_MONOTONIC, 0));

	T_OK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &it, NULL));
	T_EQ(read(fd, &n, 8), 8);
	T_EQ(n, 1);
	T_GE(t_now(CLOCK_MONOTONIC), until);
	T_OK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &it, NULL));
	T_EQ(read(fd, &n, 8), 8);
	T_EQ(n, 1);
	return 0;
}
