/* every clock runs forward, and the related ones stand close together */
#include "t.h"

int main(void)
{
	static const clockid_t clocks[] = {CLOCK_REALTIME,           CLOCK_MONOTONIC,
					   CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
					   CLOCK_MONOTONIC_RAW,      CLOCK_REALTIME_COARSE,
					   CLOCK_MONOTONIC_COARSE,   CLOCK_BOOTTIME};
	struct timespec ts;
	size_t i;
	int k;

	for (i = 0; i < sizeof(clocks) / sizeof(*clocks); i++) {
		int64_t last = t_now(clocks[i]);
		for (k = 0; k < 100; k++) {
			int64_t now = t_now(clocks[i]);
			T_GE(now, last);
			last = now;
		}
	}
	T_GT(t_now(CLOCK_REALTIME), 1600000000LL * 1000000000);
	T_GE(t_now(CLOCK_BOOTTIME) + 1000000, t_now(CLOCK_MONOTONIC));
	T_ERR(syscall(SYS_clock_gettime, 999, &ts), EINVAL);
	T_ERR(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, t_badptr()), EFAULT);
	return 0;
}
