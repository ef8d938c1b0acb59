/*
 * Many threads that call at once: one for each processor this program may use.
 * The figure is the time of the whole over the calls of all, so it halves when
 * two processors serve two threads without getting into each other's way.
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>

#include "b.h"

#define THREADS_MAX 64

struct caller {
	pthread_t thread;
	pthread_barrier_t *gate;
	void (*call)(struct caller *c);
	uint64_t n;
	int fd;
	unsigned word;
	char buf[512];
};

static void call_getppid(struct caller *c)
{
	(void)c;
	syscall(SYS_getppid);
}

static void call_pread(struct caller *c)
{
	must(pread(c->fd, c->buf, sizeof(c->buf), 0) == sizeof(c->buf));
}

/* Each a word of its own that nobody waits on. */
static void call_futex(struct caller *c)
{
	must(syscall(SYS_futex, &c->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0) == 0);
}

static void *caller_main(void *arg)
{
	struct caller *c = arg;

	pthread_barrier_wait(c->gate);
	for (uint64_t i = 0; i < c->n; i++)
		c->call(c);
	return NULL;
}

static unsigned processors(void)
{
	cpu_set_t set;
	int n;

	must(!sched_getaffinity(0, sizeof(set), &set));
	n = CPU_COUNT(&set);
	return n < 2 ? 2 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

static uint64_t together(uint64_t n, void (*call)(struct caller *c))
{
	static struct caller callers[THREADS_MAX];
	unsigned nr = processors();
	pthread_barrier_t gate;
	uint64_t start;

	must(!pthread_barrier_init(&gate, NULL, nr + 1));
	for (unsigned i = 0; i < nr; i++) {
		struct caller *c = &callers[i];

		c->gate = &gate;
		c->call = call;
		c->n = n / nr + (i < n % nr);
		c->fd = open("/usr/bin/env", O_RDONLY | O_CLOEXEC);
		must(c->fd >= 0 && !pthread_create(&c->thread, NULL, caller_main, c));
	}
	pthread_barrier_wait(&gate);
	start = now_ns();
	for (unsigned i = 0; i < nr; i++)
		must(!pthread_join(callers[i].thread, NULL));
	start = now_ns() - start;
	for (unsigned i = 0; i < nr; i++)
		close(callers[i].fd);
	pthread_barrier_destroy(&gate);
	return start;
}

static uint64_t op_getppid(uint64_t n)
{
	return together(n, call_getppid);
}

static uint64_t op_pread(uint64_t n)
{
	return together(n, call_pread);
}

static uint64_t op_futex(uint64_t n)
{
	return together(n, call_futex);
}

struct turn {
	unsigned word; /* whose turn it is: 0 or 1 */
	uint64_t n;
};

static void take_turns(struct turn *t, unsigned mine)
{
	for (uint64_t i = 0; i < t->n; i++) {
		while (__atomic_load_n(&t->word, __ATOMIC_ACQUIRE) != mine)
			syscall(SYS_futex, &t->word, FUTEX_WAIT_PRIVATE, !mine, NULL, NULL, 0);
		__atomic_store_n(&t->word, !mine, __ATOMIC_RELEASE);
		syscall(SYS_futex, &t->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	}
}

static void *second(void *arg)
{
	take_turns(arg, 1);
	return NULL;
}

/* Two threads that hand a word to and fro. */
static uint64_t op_futex_pingpong(uint64_t n)
{
	struct turn t = {.n = n};
	uint64_t start = now_ns();
	pthread_t thread;

	must(!pthread_create(&thread, NULL, second, &t));
	take_turns(&t, 0);
	must(!pthread_join(thread, NULL));
	return now_ns() - start;
}

static const struct op ops[] = {
	{"getppid", op_getppid},
	{"pread", op_pread},
	{"futex", op_futex},
	{"futex-pingpong", op_futex_pingpong},
};

BENCH_MAIN(ops)
