/* wait4(2): no children, somebody else's child, unknown options, bad address */
#include "t.h"

int main(void)
{
	int status;
	pid_t pid;

	T_ERR(wait4(-1, &status, 0, NULL), ECHILD);
	T_ERR(wait4(getpid(), &status, 0, NULL), ECHILD);
	T_ERR(wait4(1, &status, WNOHANG, NULL), ECHILD);
	pid = T_OK(fork());
	if (pid == 0)
		_exit(0);
	T_ERR(wait4(pid, &status, 0x100, NULL), EINVAL);
	T_ERR(wait4(INT_MIN, &status, 0, NULL), ESRCH);
	T_ERR(wait4(pid + 1, &status, 0, NULL), ECHILD);
	t_await_state(pid, "Z");
	T_ERR(wait4(pid, t_badptr(), 0, NULL), EFAULT);
	return 0;
}
