/*
 * a background job that reads is stopped by SIGTTIN, one that writes by
 * SIGTTOU under TOSTOP
 */
#include <pty.h>
#include <termios.h>

#include "t.h"

int main(void)
{
	struct termios t;
	int m, status, i;
	pid_t pid;
	char c;

	pid = T_OK(forkpty(&m, NULL, NULL, NULL));
	if (pid == 0) {
		tcgetattr(0, &t);
		t.c_lflag |= TOSTOP;
		tcsetattr(0, TCSANOW, &t);
		for (i = 0; i < 2; i++) {
			pid_t job = fork();
			if (job == 0) {
				setpgid(0, 0);
				if (i == 0)
					read(0, &c, 1);
				else
					write(1, "x", 1);
				_exit(9);
			}
			setpgid(job, job);
			if (waitpid(job, &status, WUNTRACED) != job || !WIFSTOPPED(status))
				_exit(1);
			if (WSTOPSIG(status) != (i == 0 ? SIGTTIN : SIGTTOU))
				_exit(2);
			kill(job, SIGKILL);
			waitpid(job, &status, 0);
		}
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
