/* SA_SIGINFO: kill(2) says SI_USER, pid and uid */
#include "t.h"

static volatile int done;

static void on_usr(int sig, siginfo_t *si, void *ctx)
{
	T_EQ(sig, SIGUSR1);
	T_EQ(si->si_signo, SIGUSR1);
	T_EQ(si->si_code, SI_USER);
	T_EQ(si->si_pid, getpid());
	T_EQ(si->si_uid, getuid());
	T_TRUE(ctx != NULL);
	done = 1;
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_usr, .sa_flags = SA_SIGINFO};

	T_OK(sigaction(SIGUSR1, &sa, NULL));
	T_OK(kill(getpid(), SIGUSR1));
	T_EQ(done, 1);
	return 0;
}
