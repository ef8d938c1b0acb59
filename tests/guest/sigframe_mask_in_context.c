/* changing uc_sigmask in a handler changes the mask of the program */
#include <ucontext.h>

#include "t.h"

static void on_usr(int sig, siginfo_t *si, void *ctx)
{
	ucontext_t *uc = ctx;

	T_TRUE(sig == SIGUSR1 && si != NULL);
	T_EQ(sigismember(&uc->uc_sigmask, SIGUSR1), 0);
	sigaddset(&uc->uc_sigmask, SIGUSR2);
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_usr, .sa_flags = SA_SIGINFO};
	sigset_t now;

	T_OK(sigaction(SIGUSR1, &sa, NULL));
	T_OK(raise(SIGUSR1));
	T_OK(sigprocmask(SIG_BLOCK, NULL, &now));
	T_EQ(sigismember(&now, SIGUSR2), 1);
	T_EQ(sigismember(&now, SIGUSR1), 0);
	return 0;
}
