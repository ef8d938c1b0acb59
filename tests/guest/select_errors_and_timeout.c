/*
 * select(2): negative count, closed descriptor, bad time, and the time that is
 * left
 */
#include <sys/select.h>

#include "t.h"

int main(void)
{
	fd_set r;
	struct timeval tv = {0, 3000}, bad = {-1, 0};
	int64_t start = t_now(CLOCK_MONOTONIC);

	FD_ZERO(&r);
	T_EQ(select(0, NULL, NULL, NULL, &tv), 0);
	T_GE(t_now(CLOCK_MONOTONIC) - start, 3000000);
	T_EQ(tv.tv_sec + tv.tv_usec, 0);
	T_ERR(select(-1, NULL, NULL, NULL, &tv), EINVAL);
	T_ERR(select(0, NULL, NULL, NULL, &bad), EINVAL);
	FD_SET(40, &r);
	tv = (struct timeval){1, 0};
	T_ERR(select(41, &r, NULL, NULL, &tv), EBADF);
	T_ERR(syscall(SYS_select, 10, t_badptr(), NULL, NULL, &tv), EFAULT);
	return 0;
}
