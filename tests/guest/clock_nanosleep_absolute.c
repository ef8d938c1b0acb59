/*
 * clock_nanosleep(2) until a moment; a moment that has passed returns at once
 */
#include "t.h"

int main(void)
{
	struct timespec ts;
	int64_t until = t_now(CLOCK_MONOTONIC) + 2000000;

	ts.tv_sec = until / 1000000000;
	ts.tv_nsec = until % 1000000000;
	T_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL), 0);
	T_GE(t_now(CLOCK_MONOTONIC), until);
	T_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL), 0);
	T_EQ(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &ts, NULL), 0);
	T_EQ(clock_nanosleep(99, 0, &ts, NULL), EINVAL);
	ts.tv_nsec = -1;
	T_EQ(clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, NULL), EINVAL);
	return 0;
}
