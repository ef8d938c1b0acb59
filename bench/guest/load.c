/*
 * A sandbox's part of a load that several make together.
 *
 *	load cpu AT MS      computes, a thread on each processor
 *	load calls AT MS    makes calls, one thread
 *
 * All begin at the same time AT (ms of the wall clock), however long each took to
 * start, and go on for MS milliseconds.  Printed is the time over what was done in
 * it, in ns: over thousands of rounds of arithmetic by all threads, or over calls.
 * Who starts too late for that ends with status 75.
 */
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/syscall.h>

#include "b.h"

#define THREADS_MAX 64
#define CALLS       100 /* between looks at the clock */
#define ROUNDS      1000
#define LATE        75

struct worker {
	pthread_t thread;
	void (*unit)(void);
	uint64_t at, until; /* by the monotonic clock */
	uint64_t done;
};

static void some_calls(void)
{
	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
}

static void some_arithmetic(void)
{
	static _Thread_local volatile uint64_t kept;
	uint64_t x = kept + 1;

	for (int i = 0; i < 100 * ROUNDS; i++)
		x = x * 6364136223846793005u + 1442695040888963407u;
	kept = x;
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	uint64_t now;

	while ((now = now_ns()) < w->at)
		usleep((useconds_t)((w->at - now) / 1000 + 1));
	for (; now < w->until; now = now_ns()) {
		w->unit();
		w->done++;
	}
	return NULL;
}

static unsigned processors(void)
{
	cpu_set_t set;
	unsigned n;

	must(!sched_getaffinity(0, sizeof(set), &set));
	n = (unsigned)CPU_COUNT(&set);
	return n > THREADS_MAX ? THREADS_MAX : n;
}

/* What is left until @at_ms of the wall clock, in ns. */
static uint64_t time_until(uint64_t at_ms)
{
	struct timespec ts;
	uint64_t now;

	must(!clock_gettime(CLOCK_REALTIME, &ts));
	now = (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
	if (now > at_ms * 1000000) {
		fprintf(stderr, "started too late to begin with the others\n");
		exit(LATE);
	}
	return at_ms * 1000000 - now;
}

int main(int argc, char **argv)
{
	static struct worker workers[THREADS_MAX];
	unsigned nr;
	uint64_t at, ns, done = 0;
	bool cpu;

	if (argc != 4) {
		fprintf(stderr, "usage: load cpu|calls AT MS\n");
		return 2;
	}
	cpu = !strcmp(argv[1], "cpu");
	nr = cpu ? processors() : 1;
	ns = strtoull(argv[3], NULL, 10) * 1000000;
	at = now_ns() + time_until(strtoull(argv[2], NULL, 10));
	for (unsigned i = 0; i < nr; i++) {
		struct worker *w = &workers[i];

		w->unit = cpu ? some_arithmetic : some_calls;
		w->at = at;
		w->until = at + ns;
		must(!pthread_create(&w->thread, NULL, worker_main, w));
	}
	for (unsigned i = 0; i < nr; i++) {
		must(!pthread_join(workers[i].thread, NULL));
		done += workers[i].done * (cpu ? 100 : CALLS);
	}
	must(done);
	printf("%.2f\n", (double)ns / (double)done);
	return 0;
}
