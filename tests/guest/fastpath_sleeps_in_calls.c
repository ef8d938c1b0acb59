/* two that take turns lose and double nothing: signals, stops, pauses and deaths while they sleep
 * in calls */
#include <linux/futex.h>

#include "t.h"

#define ROUNDS 1500

static int there[2], back[2];
static volatile sig_atomic_t restarted, interrupted;

static void on_restart(int sig)
{
	(void)sig;
	restarted++;
}

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted++;
}

static void get(int fd, unsigned want)
{
	unsigned got = ~want;
	ssize_t n;

	do
		n = read(fd, &got, sizeof(got));
	while (n == -1 && errno == EINTR);
	T_EQ(n, (ssize_t)sizeof(got));
	T_EQ(got, want);
}

static void put(int fd, unsigned val)
{
	T_EQ(write(fd, &val, sizeof(val)), (ssize_t)sizeof(val));
}

/* Answers until the other end is closed. */
static pid_t echo(void)
{
	pid_t pid;

	T_OK(pipe(there));
	T_OK(pipe(back));
	pid = T_OK(fork());
	if (pid == 0) {
		unsigned val;
		ssize_t n;

		close(there[1]);
		close(back[0]);
		while ((n = read(there[0], &val, sizeof(val))) != 0) {
			if (n == -1 && errno == EINTR)
				continue;
			put(back[1], val + 1);
		}
		_exit(5);
	}
	close(there[0]);
	close(back[1]);
	return pid;
}

static void turn(unsigned i)
{
	put(there[1], i);
	get(back[0], i + 1);
}

static void hang_up(void)
{
	close(there[1]);
	close(back[0]);
}

/* Of @sig, until it is killed itself. */
static pid_t disturb(pid_t one, pid_t other, int sig, int then)
{
	pid_t pid = T_OK(fork());

	for (unsigned i = 0; pid == 0; i++) {
		kill(i & 1 ? one : other, sig);
		if (then)
			kill(i & 1 ? one : other, then);
		usleep(300);
	}
	return pid;
}

static void signals(void)
{
	pid_t pid, a, b;

	t_on_signal(SIGUSR1, on_restart, SA_RESTART);
	t_on_signal(SIGUSR2, on_interrupt, 0);
	pid = echo();
	a = disturb(getpid(), pid, SIGUSR1, 0);
	b = disturb(getpid(), pid, SIGUSR2, 0);
	for (unsigned i = 0; i < ROUNDS || !restarted || !interrupted; i++)
		turn(i);
	T_OK(kill(a, SIGKILL));
	T_OK(kill(b, SIGKILL));
	T_SIGNALED(a, SIGKILL);
	T_SIGNALED(b, SIGKILL);
	hang_up();
	T_EXITED(pid, 5);
}

static void stops(void)
{
	pid_t pid = echo(), a;

	a = disturb(pid, pid, SIGSTOP, SIGCONT);
	for (unsigned i = 0; i < ROUNDS; i++)
		turn(i);
	T_OK(kill(a, SIGKILL));
	T_SIGNALED(a, SIGKILL);
	hang_up();
	T_OK(kill(pid, SIGCONT));
	T_EXITED(pid, 5);
}

/* Many turns, a while of nothing, and again: who sleeps wakes from the long sleep too. */
static void pauses(void)
{
	pid_t pid = echo();

	for (unsigned k = 0; k < 8; k++) {
		for (unsigned i = 0; i < ROUNDS / 16; i++)
			turn(i);
		usleep(k * 700);
	}
	hang_up();
	T_EXITED(pid, 5);
}

/* The one is killed where it sleeps, the other hears of it. */
static void deaths(void)
{
	for (unsigned k = 0; k < 12; k++) {
		pid_t pid = echo();
		char c;

		for (unsigned i = 0; i < 60 + k; i++)
			turn(i);
		if (k & 1)
			t_await_sleep(pid);
		T_OK(kill(pid, SIGKILL));
		T_EQ(read(back[0], &c, 1), 0);
		T_SIGNALED(pid, SIGKILL);
		hang_up();
	}
}

static uint32_t word;

static void *other_thread(void *arg)
{
	for (uint32_t i = 1; i < 2 * ROUNDS; i += 2) {
		while (__atomic_load_n(&word, __ATOMIC_ACQUIRE) != i)
			syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, i - 1, NULL);
		__atomic_store_n(&word, i + 1, __ATOMIC_RELEASE);
		syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1);
		/* Work for the stub, between two sleeps. */
		if (i % 512 == 1)
			T_OK(munmap(T_OK(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
					      -1, 0)),
				    4096));
	}
	return arg;
}

static void threads(void)
{
	pthread_t t;

	T_EQ(pthread_create(&t, NULL, other_thread, NULL), 0);
	for (uint32_t i = 0; i < 2 * ROUNDS; i += 2) {
		__atomic_store_n(&word, i + 1, __ATOMIC_RELEASE);
		syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1);
		while (__atomic_load_n(&word, __ATOMIC_ACQUIRE) != i + 2)
			syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, i + 1, NULL);
	}
	T_EQ(pthread_join(t, NULL), 0);
}

/* A circle of many, in which only one is ever awake. */
static void circle(void)
{
	enum { LEN = 7 };
	int p[LEN][2];
	pid_t pid[LEN];

	for (int i = 0; i < LEN; i++)
		T_OK(pipe(p[i]));
	for (int i = 1; i < LEN; i++) {
		pid[i] = T_OK(fork());
		if (pid[i] == 0) {
			for (unsigned n = 0; n < ROUNDS / 8; n++) {
				get(p[i - 1][0], n);
				put(p[i][1], n);
			}
			_exit(6);
		}
	}
	for (unsigned n = 0; n < ROUNDS / 8; n++) {
		put(p[0][1], n);
		get(p[LEN - 1][0], n);
	}
	for (int i = 1; i < LEN; i++)
		T_EXITED(pid[i], 6);
}

int main(void)
{
	signals();
	stops();
	pauses();
	deaths();
	threads();
	circle();
	return 0;
}
