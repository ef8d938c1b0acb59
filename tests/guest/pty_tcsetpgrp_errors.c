/*
 * tcsetpgrp: a group of another session is EPERM, a negative one EINVAL, no
 * terminal ENOTTY
 */
#include <pty.h>

#include "t.h"

int main(void)
{
	int m, p[2];
	pid_t pid, outside = getpgrp();

	T_OK(pipe(p));
	T_ERR(tcsetpgrp(p[0], getpgrp()), ENOTTY);
	pid = T_OK(forkpty(&m, NULL, NULL, NULL));
	if (pid == 0) {
		if (tcsetpgrp(0, outside) != -1 || (errno != EPERM && errno != ESRCH))
			_exit(1);
		if (tcsetpgrp(0, -5) != -1 || errno != EINVAL)
			_exit(2);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
