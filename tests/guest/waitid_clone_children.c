/* __WCLONE waits only for children with another exit signal than SIGCHLD */
#include "t.h"

int main(void)
{
	siginfo_t si;
	pid_t pid = T_OK((pid_t)syscall(SYS_clone, 0, NULL, NULL, NULL, 0));

	if (pid == 0)
		_exit(3);
	T_ERR(waitid(P_PID, (id_t)pid, &si, WEXITED), ECHILD);
	T_OK(waitid(P_PID, (id_t)pid, &si, WEXITED | __WCLONE));
	T_EQ(si.si_status, 3);
	pid = T_OK(fork());
	if (pid == 0)
		_exit(4);
	T_ERR(waitid(P_PID, (id_t)pid, &si, WEXITED | __WCLONE), ECHILD);
	T_EXITED(pid, 4);
	return 0;
}
