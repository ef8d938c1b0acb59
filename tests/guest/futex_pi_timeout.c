/* FUTEX_LOCK_PI gives up at its moment of real time */
#include <linux/futex.h>

#include "t.h"

static int word;

static void *locker(void *arg)
{
	struct timespec at;

	T_OK(clock_gettime(CLOCK_REALTIME, &at));
	T_ERR(syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, &at, NULL, 0), ETIMEDOUT);
	return arg;
}

int main(void)
{
	pthread_t t;

	T_OK(syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	T_EQ(pthread_create(&t, NULL, locker, NULL), 0);
	T_EQ(pthread_join(t, NULL), 0);
	T_OK(syscall(SYS_futex, &word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
	return 0;
}
