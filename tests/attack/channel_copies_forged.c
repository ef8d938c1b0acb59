/*
 * Invariant 1: while a program makes long copies, another of its threads stores
 * whatever means something into the words by which stub and sentry agree on
 * them, scribbles over the window they pass through, and at last takes it away. The
 * process may die or wait; a neighbour's copies are right, and a child sees no window.
 */
#include "forge.h"

#define LONG   100000
#define OFTEN  200 /* as many are more than a process makes before it gets its window */
#define TRIALS 32  /* four with each word */
#define TIME   50  /* ms of each */

static const unsigned words[] = {
	CHAN_BULK_TAIL,   CHAN_BULK_FROM, CHAN_BULK_FROM + 4, CHAN_BULK_TO,
	CHAN_BULK_TO + 4, CHAN_BULK_LEN,  CHAN_BULK_HEAD,     CHAN_TURN,
};

static const uint32_t values[] = {
	0,          1,          LONG - 1,  LONG,      LONG + 1,  BULK_ENDED, BULK_ENDED | LONG,
	0x7fffffff, 0xffffffff, BULK_SIZE, TURN_BULK, TURN_CALL, TURN_DONE,  (uint32_t)CHAN_BASE,
	0x7ff0,     0xffff8000,
};

static char bytes[LONG], got[LONG];
static uintptr_t channel;

static int file(void)
{
	int fd = T_OK(memfd_create("copies", 0));

	for (int i = 0; i < OFTEN; i++)
		T_EQ(pwrite(fd, bytes, LONG, 0), LONG);
	return fd;
}

static void *forge(void *arg)
{
	unsigned seed = (unsigned)(uintptr_t)arg * 7919;

	for (;;) {
		seed = seed * 1103515245 + 12345;
		*(volatile uint32_t *)(channel + words[(uintptr_t)arg % 8]) =
			values[(seed >> 16) % (sizeof(values) / sizeof(*values))];
		if (seed >> 28 == 0 && seed & 1)
			memset((void *)BULK_BASE, (int)seed, 4096);
	}
	return arg;
}

static void attack(void *arg)
{
	int fd = file();
	pthread_t t;

	channel = forge_channel();
	if (a_writable(BULK_BASE))
		T_EQ(pthread_create(&t, NULL, forge, arg), 0);
	for (unsigned i = 0;; i++) {
		pwrite(fd, bytes, LONG, 0);
		pread(fd, got, LONG, 0);
	}
}

/* The stub's next copy faults on its own side. */
static void take_away(void *arg)
{
	int fd = file();

	(void)arg;
	if (!a_writable(BULK_BASE))
		return;
	T_EQ(forge_call(SYS_munmap, BULK_BASE, BULK_SIZE, 0, 0, 0, 0), 0);
	for (int i = 0; i < 20; i++) {
		memset(bytes, i, LONG);
		T_EQ(pwrite(fd, bytes, LONG, 0), LONG);
		T_EQ(pread(fd, got, LONG, 0), LONG);
		T_MEM(got, bytes, LONG);
	}
}

static void inherit(void)
{
	int fd = file();
	pid_t pid = T_OK(fork());

	if (pid == 0)
		_exit(a_readable(BULK_BASE) ? 1 : 4);
	T_EXITED(pid, 4);
	T_OK(close(fd));
}

static void neighbour(int over)
{
	int fd = file();
	char c;

	for (int k = 0; read(over, &c, 1) == -1; k++) {
		memset(bytes, k, LONG);
		T_EQ(pwrite(fd, bytes, LONG, 0), LONG);
		T_EQ(pread(fd, got, LONG, 0), LONG);
		T_MEM(got, bytes, LONG);
		usleep(1000);
	}
	_exit(5);
}

int main(void)
{
	int over[2];
	pid_t pid;

	forge_init();
	T_OK(pipe2(over, O_NONBLOCK));
	pid = T_OK(fork());
	if (pid == 0) {
		close(over[1]);
		neighbour(over[0]);
	}
	for (uintptr_t i = 1; i <= TRIALS; i++)
		a_try_for(TIME, attack, (void *)i);
	a_try_for(10000, take_away, NULL);
	inherit();
	T_OK(close(over[1]));
	T_EXITED(pid, 5);
	a_survives();
	return 0;
}
