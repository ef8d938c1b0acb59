/*
 * real-time signals queue, in the order sent, lower numbers first; others
 * count once
 */
#include "t.h"

static int got[64][2];
static volatile int nr;

static void on_any(int sig, siginfo_t *si, void *ctx)
{
	T_TRUE(ctx != NULL);
	got[nr][0] = sig;
	got[nr++][1] = si->si_value.sival_int;
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_any, .sa_flags = SA_SIGINFO};
	sigset_t all, old;
	int i;

	sigfillset(&all);
	sa.sa_mask = all;
	T_OK(sigaction(SIGUSR1, &sa, NULL));
	T_OK(sigaction(SIGRTMIN, &sa, NULL));
	T_OK(sigaction(SIGRTMIN + 1, &sa, NULL));
	T_OK(sigprocmask(SIG_SETMASK, &all, &old));
	for (i = 0; i < 3; i++) {
		T_OK(sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = i}));
		T_OK(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i}));
		T_OK(sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = i}));
	}
	T_OK(sigprocmask(SIG_SETMASK, &old, NULL));
	T_EQ(nr, 7);
	/* Full masks, so that no handler starts inside another. */
	T_EQ(got[0][0], SIGUSR1);
	T_EQ(got[0][1], 0);
	for (i = 0; i < 3; i++) {
		T_EQ(got[1 + i][0], SIGRTMIN);
		T_EQ(got[1 + i][1], i);
		T_EQ(got[4 + i][0], SIGRTMIN + 1);
		T_EQ(got[4 + i][1], i);
	}
	return 0;
}
