/*
 * with SIGCHLD ignored children leave nothing, and wait ends with ECHILD when
 * all are gone
 */
#include "t.h"

int main(void)
{
	pid_t pid;

	t_on_signal(SIGCHLD, SIG_IGN, 0);
	pid = T_OK(fork());
	if (pid == 0)
		_exit(3);
	T_ERR(waitpid(pid, NULL, 0), ECHILD);
	T_ERR(kill(pid, 0), ESRCH);
	return 0;
}
