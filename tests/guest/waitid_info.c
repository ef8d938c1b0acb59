/* waitid(2) tells code, status, pid and uid of each kind of end */
#include "t.h"

int main(void)
{
	siginfo_t si;
	pid_t pid = T_OK(fork());

	if (pid == 0)
		_exit(77);
	T_OK(waitid(P_PID, (id_t)pid, &si, WEXITED));
	T_EQ(si.si_signo, SIGCHLD);
	T_EQ(si.si_code, CLD_EXITED);
	T_EQ(si.si_status, 77);
	T_EQ(si.si_pid, pid);
	T_EQ(si.si_uid, getuid());
	pid = T_OK(fork());
	if (pid == 0)
		for (;;)
			pause();
	T_OK(kill(pid, SIGSTOP));
	T_OK(waitid(P_PID, (id_t)pid, &si, WSTOPPED));
	T_EQ(si.si_code, CLD_STOPPED);
	T_EQ(si.si_status, SIGSTOP);
	T_OK(kill(pid, SIGCONT));
	T_OK(waitid(P_PID, (id_t)pid, &si, WCONTINUED));
	T_EQ(si.si_code, CLD_CONTINUED);
	T_EQ(si.si_status, SIGCONT);
	T_OK(kill(pid, SIGTERM));
	T_OK(waitid(P_PID, (id_t)pid, &si, WEXITED));
	T_EQ(si.si_code, CLD_KILLED);
	T_EQ(si.si_status, SIGTERM);
	return 0;
}
