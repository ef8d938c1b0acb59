/*
 * nanosleep(2) sleeps no shorter than asked, not at all for zero, and refuses
 * nonsense
 */
#include "t.h"

int main(void)
{
	struct timespec ts = {0, 2000000}, bad = {0, 1000000000}, neg = {-1, 0}, zero = {0, 0};
	int64_t start = t_now(CLOCK_MONOTONIC);

	T_OK(nanosleep(&ts, NULL));
	T_GE(t_now(CLOCK_MONOTONIC) - start, 2000000);
	T_OK(nanosleep(&zero, NULL));
	T_ERR(nanosleep(&bad, NULL), EINVAL);
	T_ERR(nanosleep(&neg, NULL), EINVAL);
	T_ERR(syscall(SYS_nanosleep, t_badptr(), NULL), EFAULT);
	return 0;
}
