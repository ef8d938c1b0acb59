/*
 * A thread that is cancelled in a read has read nothing, and one that has read is
 * not: musl tells by the address at which its handler finds the thread.  Made
 * with musl: the GNU library of today does lose such bytes.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 300

#define CHECK(cond)                                                   \
	do {                                                          \
		if (!(cond)) {                                        \
			dprintf(2, "line %d: %s\n", __LINE__, #cond); \
			_exit(1);                                     \
		}                                                     \
	} while (0)

static int fd[2];
static volatile unsigned taken;
static pthread_barrier_t begin;

static void *reader(void *arg)
{
	char c;

	pthread_barrier_wait(&begin);
	for (;;) {
		CHECK(read(fd[0], &c, 1) == 1);
		taken++;
	}
	return arg;
}

static unsigned left_over(void)
{
	char buf[64];
	unsigned n = 0;

	CHECK(write(fd[1], ".", 1) == 1);
	for (char c = 0; c != '.'; n++) {
		CHECK(read(fd[0], buf, 1) == 1);
		c = buf[0];
	}
	return n - 1;
}

/* Bytes come while the reader is cancelled, sooner or later. */
static void round_of(unsigned k)
{
	pthread_t t;
	void *ret;

	taken = 0;
	CHECK(pthread_create(&t, NULL, reader, NULL) == 0);
	pthread_barrier_wait(&begin);
	for (unsigned i = 0; i < k % 5; i++)
		CHECK(write(fd[1], "x", 1) == 1);
	for (volatile unsigned i = 0; i < k * 37 % 2000; i++)
		;
	CHECK(pthread_cancel(t) == 0);
	for (unsigned i = 0; i < 3; i++)
		CHECK(write(fd[1], "x", 1) == 1);
	CHECK(pthread_join(t, &ret) == 0);
	CHECK(ret == PTHREAD_CANCELED);
	CHECK(taken + left_over() == k % 5 + 3);
}

/* The same library's fork, wait and exit, from hot sites. */
static void children(void)
{
	for (int i = 0; i < 20; i++) {
		pid_t parent = getpid(), pid = fork();
		int status;

		CHECK(pid != -1);
		if (pid == 0)
			_exit(getppid() == parent && getpid() != parent ? 5 : 6);
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
	}
}

int main(void)
{
	CHECK(pipe(fd) == 0);
	pthread_barrier_init(&begin, NULL, 2);
	for (unsigned k = 0; k < ROUNDS; k++)
		round_of(k);
	children();
	return 0;
}
