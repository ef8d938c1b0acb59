/* WNOHANG returns 0 while the child lives */
#include "t.h"

int main(void)
{
	int p[2], status;
	pid_t pid;

	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		t_take(p[0]);
		_exit(1);
	}
	T_EQ(waitpid(pid, &status, WNOHANG), 0);
	T_EQ(waitpid(-1, &status, WNOHANG), 0);
	t_post(p[1]);
	t_await_state(pid, "Z");
	T_EQ(waitpid(-1, &status, WNOHANG), pid);
	T_ERR(waitpid(-1, &status, WNOHANG), ECHILD);
	return 0;
}
