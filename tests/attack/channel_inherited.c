/*
 * Invariant 1: a process makes its child inherit its channels (MADV_DOFORK, by
 * a forged call of the stub) and dies; the child finds none of them used again
 * by another process
 */
#include "forge.h"

#define THREADS 8 /* more than the sentry keeps for the next */
#define OTHERS  24
#define PATTERN 0xa5

struct shared {
	volatile bool ready, over, seen;
	volatile unsigned inherited;
};

static struct shared *sh;

static void *meet(void *barrier)
{
	pthread_barrier_wait(barrier);
	return NULL;
}

static void use_channels(void)
{
	pthread_barrier_t all;
	pthread_t t[THREADS];

	pthread_barrier_init(&all, NULL, THREADS);
	for (int i = 0; i < THREADS; i++)
		T_EQ(pthread_create(&t[i], NULL, meet, &all), 0);
	for (int i = 0; i < THREADS; i++)
		T_EQ(pthread_join(t[i], NULL), 0);
}

/* Fill what was inherited, and look whether anybody else comes to use it. */
static void watch(void)
{
	uintptr_t own = forge_channel(), at[A_SLOTS];
	unsigned n = 0;

	for (unsigned slot = 0; slot < A_SLOTS; slot++)
		if (a_channel(slot) != own && a_writable(a_channel(slot)))
			at[n++] = a_channel(slot);
	for (unsigned i = 0; i < n; i++)
		memset((void *)at[i], PATTERN, CHAN_SIZE);
	sh->inherited = n;
	sh->ready = true;
	while (!sh->over || !sh->ready) {
		for (unsigned i = 0; i < n; i++)
			for (size_t k = 0; k < CHAN_WIN_IN; k++)
				sh->seen |= ((volatile unsigned char *)at[i])[k] != PATTERN;
		sched_yield();
	}
}

static void parent(void)
{
	use_channels();
	for (unsigned slot = 0; slot < A_SLOTS; slot++)
		if (a_readable(a_channel(slot)))
			forge_call(SYS_madvise, a_channel(slot), CHAN_SIZE, MADV_DOFORK, 0, 0, 0);
	if (T_OK(fork()) == 0) {
		watch();
		_exit(0);
	}
	while (!sh->ready)
		sched_yield();
	_exit(0);
}

static void others(void)
{
	pid_t pids[OTHERS];

	for (int i = 0; i < OTHERS; i++) {
		pids[i] = T_OK(fork());
		if (pids[i] == 0) {
			use_channels();
			_exit(0);
		}
	}
	for (int i = 0; i < OTHERS; i++)
		t_reap(pids[i]);
}

int main(void)
{
	pid_t pid;

	forge_init();
	sh = T_OK(
		mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	pid = T_OK(fork());
	if (pid == 0)
		parent();
	T_EXITED(pid, 0);
	others();
	sh->over = true;
	if (sh->seen)
		t_die("one of %u inherited channels is used by another process", sh->inherited);
	a_survives();
	return 0;
}
