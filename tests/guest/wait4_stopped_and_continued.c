/* WUNTRACED and WCONTINUED tell of stops and goes, each once */
#include "t.h"

int main(void)
{
	int status;
	pid_t pid = T_OK(fork());

	if (pid == 0)
		for (;;)
			pause();
	T_OK(kill(pid, SIGSTOP));
	T_EQ(waitpid(pid, &status, WUNTRACED), pid);
	T_TRUE(WIFSTOPPED(status));
	T_EQ(WSTOPSIG(status), SIGSTOP);
	T_EQ(waitpid(pid, &status, WUNTRACED | WNOHANG), 0);
	T_OK(kill(pid, SIGCONT));
	T_EQ(waitpid(pid, &status, WCONTINUED), pid);
	T_TRUE(WIFCONTINUED(status));
	T_EQ(status, 0xffff);
	T_EQ(waitpid(pid, &status, WCONTINUED | WNOHANG), 0);
	T_OK(kill(pid, SIGKILL));
	T_SIGNALED(pid, SIGKILL);
	return 0;
}
