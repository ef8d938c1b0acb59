/* the time by way of the vDSO and by system call are the same clock */
#include "t.h"

int main(void)
{
	struct timespec a, b, c;

	T_OK(clock_gettime(CLOCK_MONOTONIC, &a));
	T_OK(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &b));
	T_OK(clock_gettime(CLOCK_MONOTONIC, &c));
	T_TRUE(a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec <= b.tv_nsec));
	T_TRUE(b.tv_sec < c.tv_sec || (b.tv_sec == c.tv_sec && b.tv_nsec <= c.tv_nsec));
	return 0;
}
