/* clock_getres(2): a nanosecond for fine clocks, more for coarse ones */
#include "t.h"

int main(void)
{
	struct timespec ts;

	T_OK(syscall(SYS_clock_getres, CLOCK_MONOTONIC, &ts));
	T_EQ(ts.tv_sec, 0);
	T_EQ(ts.tv_nsec, 1);
	T_OK(syscall(SYS_clock_getres, CLOCK_REALTIME_COARSE, &ts));
	T_GT(ts.tv_nsec, 1000);
	T_OK(syscall(SYS_clock_getres, CLOCK_REALTIME, NULL));
	T_ERR(syscall(SYS_clock_getres, 999, &ts), EINVAL);
	return 0;
}
