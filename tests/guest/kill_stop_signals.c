/* SIGTSTP, SIGTTIN and SIGTTOU stop, in a group that is not orphaned */
#include "t.h"

int main(void)
{
	static const int stops[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
	size_t i;
	int status;
	pid_t outer = T_OK(fork()), pid;

	if (outer == 0) {
		/* the child's group has a parent outside it, in the same session */
		pid = T_OK(fork());
		if (pid == 0) {
			T_OK(setpgid(0, 0));
			for (;;)
				pause();
		}
		setpgid(pid, pid);
		for (i = 0; i < 4; i++) {
			T_OK(kill(pid, stops[i]));
			T_EQ(waitpid(pid, &status, WUNTRACED), pid);
			T_EQ(WSTOPSIG(status), stops[i]);
			T_OK(kill(pid, SIGCONT));
			T_EQ(waitpid(pid, &status, WCONTINUED), pid);
		}
		T_OK(kill(pid, SIGKILL));
		T_SIGNALED(pid, SIGKILL);
		_exit(0);
	}
	t_reap(outer);
	return 0;
}
