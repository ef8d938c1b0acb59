/* sigqueue(3) carries a value, and says SI_QUEUE */
#include "t.h"

static volatile int value, code;

static void on_rt(int sig, siginfo_t *si, void *ctx)
{
	T_TRUE(sig == SIGRTMIN && ctx != NULL);
	code = si->si_code;
	value = si->si_value.sival_int;
	T_EQ(si->si_pid, getpid());
	T_EQ(si->si_uid, getuid());
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_rt, .sa_flags = SA_SIGINFO};

	T_OK(sigaction(SIGRTMIN, &sa, NULL));
	T_OK(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 4711}));
	T_EQ(value, 4711);
	T_EQ(code, SI_QUEUE);
	return 0;
}
