/* ^Z stops the foreground group of a session */
#include <pty.h>
#include <sys/ioctl.h>

#include "t.h"

int main(void)
{
	int ready[2], m, status;
	pid_t pid;
	char c;

	T_OK(pipe(ready));
	pid = T_OK(forkpty(&m, NULL, NULL, NULL));
	if (pid == 0) {
		pid_t job = fork();
		if (job == 0) {
			setpgid(0, 0);
			signal(SIGTTOU, SIG_IGN);
			tcsetpgrp(0, getpid());
			t_post(ready[1]);
			for (;;)
				pause();
		}
		if (waitpid(job, &status, WUNTRACED) != job || !WIFSTOPPED(status) ||
		    WSTOPSIG(status) != SIGTSTP)
			_exit(1);
		signal(SIGTTOU, SIG_IGN);
		if (tcgetpgrp(0) != job || tcsetpgrp(0, getpid()) == -1 || tcgetpgrp(0) != getpid())
			_exit(2);
		kill(job, SIGKILL);
		_exit(waitpid(job, &status, 0) == job ? 0 : 3);
	}
	t_take(ready[0]);
	c = 032;
	T_EQ(write(m, &c, 1), 1);
	t_reap(pid);
	return 0;
}
