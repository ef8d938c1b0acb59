/*
 * Signals come in time to a thread that does nothing but ask for its ids: some
 * of them meet it in the middle of the question.
 */
#include "t.h"

#define SIGNALS 300

static volatile sig_atomic_t seen;

static void on_signal(int signo)
{
	(void)signo;
	seen++;
}

/* Waits for each signal to be seen before it sends the next. */
static void *send_signals(void *to)
{
	for (int i = 0; i < SIGNALS; i++) {
		T_OK(pthread_kill(*(pthread_t *)to, SIGUSR1) ? -1 : 0);
		while (seen == i)
			sched_yield();
		for (volatile int k = 0; k < i % 50 * 20; k++)
			;
	}
	return NULL;
}

int main(void)
{
	struct sigaction sa = {.sa_handler = on_signal};
	pthread_t self = pthread_self(), th;
	long pid = syscall(SYS_getpid), uid = syscall(SYS_getuid);

	T_OK(sigaction(SIGUSR1, &sa, NULL));
	T_EQ(pthread_create(&th, NULL, send_signals, &self), 0);
	while (seen < SIGNALS) {
		T_EQ(syscall(SYS_getpid), pid);
		T_EQ(syscall(SYS_getuid), uid);
	}
	T_EQ(pthread_join(th, NULL), 0);
	T_EQ(seen, SIGNALS);
	return 0;
}
