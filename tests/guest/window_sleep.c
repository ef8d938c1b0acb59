/*
 * What a call has written before it sleeps is seen by other threads while it
 * sleeps; memory that goes away meanwhile makes it fail, and nothing is lost.
 */
#include <sys/socket.h>

#include "t.h"

#define TIMES 20

static int sock[2], pipe_fds[2];
static char *shared_buf;

static void *wait_all(void *arg)
{
	(void)arg;
	T_EQ(recv(sock[0], shared_buf, 8, MSG_WAITALL), 8);
	return NULL;
}

/* The first half has arrived, and is looked at, before the second is sent. */
static void seen_while_asleep(void)
{
	pthread_t th;

	memset(shared_buf, 0, 8);
	T_EQ(pthread_create(&th, NULL, wait_all, NULL), 0);
	T_EQ(send(sock[1], "abcd", 4, 0), 4);
	while (__atomic_load_n(shared_buf + 3, __ATOMIC_ACQUIRE) != 'd')
		sched_yield();
	T_MEM(shared_buf, "abcd", 4);
	T_EQ(send(sock[1], "efgh", 4, 0), 4);
	T_EQ(pthread_join(th, NULL), 0);
	T_MEM(shared_buf, "abcdefgh", 8);
}

static void *read_gone(void *buf)
{
	T_ERR(read(pipe_fds[0], buf, 8), EFAULT);
	return NULL;
}

/* Not a proof that it sleeps: a reader that comes late finds the memory gone all the same. */
static void let_it_sleep(void)
{
	struct timespec tick = {0, 1000000};

	T_OK(nanosleep(&tick, NULL));
}

static void unmapped_while_asleep(void)
{
	char *buf =
		T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	char got[8];
	pthread_t th;

	/* So that it is known to be writable. */
	T_EQ(write(pipe_fds[1], "12345678", 8), 8);
	T_EQ(read(pipe_fds[0], buf, 8), 8);
	T_EQ(pthread_create(&th, NULL, read_gone, buf), 0);
	let_it_sleep();
	T_OK(munmap(buf, 4096));
	T_EQ(write(pipe_fds[1], "12345678", 8), 8);
	T_EQ(pthread_join(th, NULL), 0);
	T_EQ(read(pipe_fds[0], got, 8), 8);
	T_MEM(got, "12345678", 8);
}

static void *pipe_of_many(void *arg)
{
	char *from = arg;

	for (int i = 0; i < 200; i++)
		T_EQ(write(pipe_fds[1], from, 4096), 4096);
	return NULL;
}

/* Both sides sleep in the middle of it. */
static void through_a_small_pipe(void)
{
	static char from[4096], to[4096];
	pthread_t th;

	for (int i = 0; i < 4096; i++)
		from[i] = (char)(i * 3);
	T_OK(fcntl(pipe_fds[1], F_SETPIPE_SZ, 4096));
	T_EQ(pthread_create(&th, NULL, pipe_of_many, from), 0);
	for (int i = 0; i < 200; i++) {
		for (int n = 0; n < 4096;)
			n += (int)T_OK(read(pipe_fds[0], to + n, (size_t)(4096 - n)));
		T_MEM(to, from, 4096);
		memset(to, 0, 4096);
	}
	T_EQ(pthread_join(th, NULL), 0);
}

int main(void)
{
	shared_buf =
		T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sock));
	T_OK(pipe(pipe_fds));
	for (int i = 0; i < TIMES; i++) {
		seen_while_asleep();
		unmapped_while_asleep();
	}
	through_a_small_pipe();
	return 0;
}
