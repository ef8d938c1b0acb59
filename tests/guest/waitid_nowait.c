/*
 * WNOWAIT leaves the child to be waited for again; WNOHANG with nothing gives
 * pid 0
 */
#include "t.h"

int main(void)
{
	siginfo_t si;
	int p[2];
	pid_t pid;

	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		t_take(p[0]);
		_exit(4);
	}
	si.si_pid = 99;
	T_OK(waitid(P_ALL, 0, &si, WEXITED | WNOHANG));
	T_EQ(si.si_pid, 0);
	t_post(p[1]);
	T_OK(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT));
	T_EQ(si.si_status, 4);
	T_OK(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT));
	T_OK(waitid(P_PID, (id_t)pid, &si, WEXITED));
	T_ERR(waitid(P_PID, (id_t)pid, &si, WEXITED), ECHILD);
	return 0;
}
