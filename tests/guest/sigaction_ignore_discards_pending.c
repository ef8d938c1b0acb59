/* setting a signal to be ignored throws away what is pending */
#include "t.h"

int main(void)
{
	sigset_t set;

	t_block(SIGUSR1);
	t_block(SIGCHLD);
	T_OK(raise(SIGUSR1));
	T_OK(raise(SIGCHLD));
	t_on_signal(SIGUSR1, SIG_IGN, 0);
	t_on_signal(SIGCHLD, SIG_DFL, 0);
	T_OK(sigpending(&set));
	T_EQ(sigismember(&set, SIGUSR1), 0);
	T_EQ(sigismember(&set, SIGCHLD), 0);
	t_on_signal(SIGUSR1, SIG_DFL, 0);
	t_unblock(SIGUSR1);
	return 0;
}
