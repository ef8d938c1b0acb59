/* PR_SET_NO_NEW_PRIVS is set once, never cleared, and inherited */
#include <sys/prctl.h>

#include "t.h"

int main(void)
{
	pid_t pid;

	T_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	T_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	T_ERR(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), EINVAL);
	pid = T_OK(fork());
	if (pid == 0) {
		T_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
