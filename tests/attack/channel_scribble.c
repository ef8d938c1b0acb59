/*
 * Invariant 1: a thread fills every channel with garbage while others make
 * system calls, fault and take signals. That process may die; the sandbox goes
 * on.
 */
#include "a.h"

static volatile unsigned seed;
static pid_t me; /* who scribbles lies to itself: getpid() may come to say -1, which is everybody */

static void *scribble(void *arg)
{
	unsigned slot, i;

	for (;;) {
		for (slot = 0; slot < A_SLOTS; slot++) {
			volatile uint64_t *c = (volatile uint64_t *)a_channel(slot);
			if (!a_writable(a_channel(slot)))
				continue;
			for (i = 0; i < CHAN_SIZE / 8; i += 1 + seed % 7) {
				seed = seed * 1103515245 + 12345;
				c[i] = seed % 3 ? seed : seed % 5 ? ~0UL : (uint64_t)SYS_munmap;
			}
		}
	}
	return arg;
}

static void *work(void *arg)
{
	char c;
	int p[2];

	for (;;) {
		pid_t pid;
		if (pipe(p) == -1)
			continue;
		write(p[1], "x", 1);
		read(p[0], &c, 1);
		close(p[0]);
		close(p[1]);
		kill(me, SIGUSR1);
		munmap(mmap(NULL, A_PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), A_PAGE);
		pid = fork();
		if (pid == 0)
			_exit(0);
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
	return arg;
}

static void attack(void *arg)
{
	pthread_t t;

	seed = (unsigned)(uintptr_t)arg;
	me = getpid();
	t_on_signal(SIGUSR1, t_ignore_signal, 0);
	pthread_create(&t, NULL, work, NULL);
	pthread_create(&t, NULL, work, NULL);
	scribble(NULL);
}

int main(void)
{
	uintptr_t i;

	for (i = 1; i <= 12; i++) {
		a_try_for(250, attack, (void *)(i * 7919));
		a_survives();
	}
	return 0;
}
