/*
 * execve(2) while other threads sleep in read, futex, poll, nanosleep and
 * pause
 */
#include <linux/futex.h>

#include "t.h"

static int p[2], word;
static volatile int ready;

static void *sleeper(void *arg)
{
	struct pollfd pfd = {.fd = p[0], .events = POLLIN};
	char c;

	__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	switch ((long)arg) {
	case 0:
		read(p[0], &c, 1);
		break;
	case 1:
		syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
		break;
	case 2:
		poll(&pfd, 1, -1);
		break;
	case 3:
		sleep(1000);
		break;
	default:
		pause();
	}
	return arg;
}

int main(int argc, char **argv)
{
	char *args[] = {argv[0], (char *)"again", NULL};
	pthread_t t;
	long i;

	if (argc > 1)
		return 0;
	T_OK(pipe(p));
	for (i = 0; i < 5; i++)
		T_EQ(pthread_create(&t, NULL, sleeper, (void *)i), 0);
	while (ready < 5)
		sched_yield();
	execv(argv[0], args);
	t_die("execv: %s", t_errname(errno));
}
