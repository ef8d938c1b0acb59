/* with SIGTTIN ignored, or in an orphaned group, a background read is EIO */
#include <pty.h>

#include "t.h"

int main(void)
{
	int m, status;
	pid_t pid;
	char c;

	pid = T_OK(forkpty(&m, NULL, NULL, NULL));
	if (pid == 0) {
		pid_t job = fork();
		if (job == 0) {
			setpgid(0, 0);
			signal(SIGTTIN, SIG_IGN);
			_exit(read(0, &c, 1) == -1 && errno == EIO ? 0 : 1);
		}
		if (waitpid(job, &status, 0) != job)
			_exit(2);
		_exit(WEXITSTATUS(status));
	}
	t_reap(pid);
	return 0;
}
