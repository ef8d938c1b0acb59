/* sigaction(2) gives back the previous handler, flags and mask */
#include "t.h"

int main(void)
{
	struct sigaction sa = {.sa_handler = t_ignore_signal, .sa_flags = SA_RESTART | SA_NODEFER},
			 old;

	T_OK(sigaction(SIGUSR1, NULL, &old));
	T_TRUE(old.sa_handler == SIG_DFL);
	T_EQ(old.sa_flags & ~0x04000000, 0);
	sigaddset(&sa.sa_mask, SIGUSR2);
	T_OK(sigaction(SIGUSR1, &sa, NULL));
	T_OK(sigaction(SIGUSR1, NULL, &old));
	T_TRUE(old.sa_handler == t_ignore_signal);
	T_EQ(old.sa_flags & (SA_RESTART | SA_NODEFER | SA_SIGINFO), SA_RESTART | SA_NODEFER);
	T_EQ(sigismember(&old.sa_mask, SIGUSR2), 1);
	T_EQ(sigismember(&old.sa_mask, SIGUSR1), 0);
	return 0;
}
