/* waitid(2): no options, unknown options, unknown kind of id */
#include "t.h"

int main(void)
{
	siginfo_t si;

	T_ERR(waitid(P_ALL, 0, &si, 0), EINVAL);
	T_ERR(waitid(P_ALL, 0, &si, WNOHANG), EINVAL);
	T_ERR(waitid(P_ALL, 0, &si, WEXITED | 0x100), EINVAL);
	T_ERR(waitid(77, 0, &si, WEXITED), EINVAL);
	T_ERR(waitid(P_PID, 0, &si, WEXITED), EINVAL);
	T_ERR(waitid(P_ALL, 0, &si, WEXITED), ECHILD);
	T_ERR(waitid(P_PIDFD, 99, &si, WEXITED), EBADF);
	T_ERR(waitid(P_PIDFD, 0, &si, WEXITED), EBADF);
	return 0;
}
