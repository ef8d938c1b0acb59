/*
 * execve(2) sets handlers to default, keeps what is ignored, the mask and what
 * is pending
 */
#include "t.h"

int main(int argc, char **argv)
{
	char *args[] = {argv[0], (char *)"again", NULL};
	struct sigaction sa;
	sigset_t set;
	stack_t ss;

	if (argc > 1) {
		T_OK(sigaction(SIGUSR1, NULL, &sa));
		T_TRUE(sa.sa_handler == SIG_DFL);
		T_OK(sigaction(SIGUSR2, NULL, &sa));
		T_TRUE(sa.sa_handler == SIG_IGN);
		T_OK(sigpending(&set));
		T_EQ(sigismember(&set, SIGTERM), 1);
		T_OK(sigprocmask(SIG_BLOCK, NULL, &set));
		T_EQ(sigismember(&set, SIGTERM), 1);
		T_OK(sigaltstack(NULL, &ss));
		T_EQ(ss.ss_flags, SS_DISABLE);
		return 0;
	}
	t_on_signal(SIGUSR1, t_ignore_signal, 0);
	t_on_signal(SIGUSR2, SIG_IGN, 0);
	t_block(SIGTERM);
	T_OK(raise(SIGTERM));
	ss = (stack_t){.ss_sp = malloc(65536), .ss_size = 65536};
	T_OK(sigaltstack(&ss, NULL));
	execv(argv[0], args);
	t_die("execv: %s", t_errname(errno));
}
