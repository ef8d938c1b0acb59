/*
 * FUTEX_WAIT times out after a span, FUTEX_WAIT_BITSET at a moment, of either
 * clock
 */
#include <linux/futex.h>

#include "t.h"

int main(void)
{
	struct timespec span = {0, 3000000}, at, bad = {0, 1000000000}, neg = {-1, 0};
	int64_t start = t_now(CLOCK_MONOTONIC);
	int word = 0;

	T_ERR(syscall(SYS_futex, &word, FUTEX_WAIT, 0, &span, NULL, 0), ETIMEDOUT);
	T_GE(t_now(CLOCK_MONOTONIC) - start, 3000000);
	T_OK(clock_gettime(CLOCK_MONOTONIC, &at));
	T_ERR(syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, 0, &at, NULL, FUTEX_BITSET_MATCH_ANY),
	      ETIMEDOUT);
	T_OK(clock_gettime(CLOCK_REALTIME, &at));
	T_ERR(syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &at, NULL, 1),
	      ETIMEDOUT);
	T_ERR(syscall(SYS_futex, &word, FUTEX_WAIT, 0, &bad, NULL, 0), EINVAL);
	T_ERR(syscall(SYS_futex, &word, FUTEX_WAIT, 0, &neg, NULL, 0), EINVAL);
	T_ERR(syscall(SYS_futex, &word, FUTEX_WAIT, 0, t_badptr(), NULL, 0), EFAULT);
	return 0;
}
