/*
 * in a handler its own signal and those of sa_mask are blocked, and wait until
 * it ends
 */
#include "t.h"

static volatile int depth, deepest, usr2_at;

static void on_usr1(int sig)
{
	sigset_t set;

	depth++;
	deepest = depth > deepest ? depth : deepest;
	if (deepest == 1 && usr2_at == 0) {
		T_OK(sigprocmask(SIG_BLOCK, NULL, &set));
		T_EQ(sigismember(&set, SIGUSR1), 1);
		T_EQ(sigismember(&set, SIGUSR2), 1);
		T_OK(raise(sig));
		T_OK(raise(SIGUSR2));
		T_EQ(usr2_at, 0);
		usr2_at = -1;
	}
	depth--;
}

static void on_usr2(int sig)
{
	usr2_at = sig + depth;
}

int main(void)
{
	struct sigaction sa = {.sa_handler = on_usr1};
	sigset_t set;

	sigaddset(&sa.sa_mask, SIGUSR2);
	T_OK(sigaction(SIGUSR1, &sa, NULL));
	t_on_signal(SIGUSR2, on_usr2, 0);
	T_OK(raise(SIGUSR1));
	T_EQ(deepest, 1);
	T_EQ(usr2_at, SIGUSR2);
	T_OK(sigprocmask(SIG_BLOCK, NULL, &set));
	T_EQ(sigismember(&set, SIGUSR1), 0);
	T_EQ(sigismember(&set, SIGUSR2), 0);
	return 0;
}
