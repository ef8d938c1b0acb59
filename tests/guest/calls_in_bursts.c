/*
 * Bursts of calls of every length, with pauses between them: whoever serves them begins and
 * ends to expect more all the time.  Each call is served, in order, and none is lost.
 */
#include "t.h"

#define PROCESSES 3
#define ROUNDS    3
#define BURST_MAX 40

static void pause_us(long us)
{
	struct timespec begin, now;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while ((now.tv_sec - begin.tv_sec) * 1000000 + (now.tv_nsec - begin.tv_nsec) / 1000 < us);
}

/* @n bytes through a pipe and back, one call for each. */
static void burst(int fds[2], unsigned n, unsigned char *next)
{
	unsigned char c;

	for (unsigned i = 0; i < n; i++, (*next)++) {
		T_EQ(write(fds[1], next, 1), 1);
		T_EQ(read(fds[0], &c, 1), 1);
		T_EQ(c, *next);
	}
}

static void in_bursts(unsigned seed)
{
	unsigned char next = 0;
	int fds[2];

	T_OK(pipe(fds));
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (unsigned n = 1; n <= BURST_MAX; n++) {
			burst(fds, n, &next);
			pause_us((n * 37 + seed * 101 + round * 211) % 600);
		}
	}
}

int main(void)
{
	pid_t child[PROCESSES];

	for (unsigned i = 0; i < PROCESSES; i++) {
		child[i] = fork();
		T_OK(child[i]);
		if (!child[i]) {
			in_bursts(i);
			_exit(0);
		}
	}
	for (unsigned i = 0; i < PROCESSES; i++)
		t_reap(child[i]);
	return 0;
}
