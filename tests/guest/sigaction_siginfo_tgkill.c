/* SA_SIGINFO: tgkill(2) says SI_TKILL */
#include "t.h"

static volatile int code;

static void on_usr(int sig, siginfo_t *si, void *ctx)
{
	T_TRUE(sig == SIGUSR1 && ctx != NULL);
	T_EQ(si->si_pid, getpid());
	code = si->si_code;
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_usr, .sa_flags = SA_SIGINFO};

	T_OK(sigaction(SIGUSR1, &sa, NULL));
	T_OK(syscall(SYS_tgkill, getpid(), t_gettid(), SIGUSR1));
	T_EQ(code, SI_TKILL);
	code = 0;
	T_OK(syscall(SYS_tkill, t_gettid(), SIGUSR1));
	T_EQ(code, SI_TKILL);
	return 0;
}
