/* poll(2) with a timeout goes on with the rest of its time after a stop */
#include "t.h"

int main(void)
{
	struct pollfd pfd;
	int p[2], status;
	pid_t pid;

	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		pfd = (struct pollfd){.fd = p[0], .events = POLLIN};
		T_EQ(poll(&pfd, 1, 9000), 1);
		_exit(0);
	}
	t_await_sleep(pid);
	T_OK(kill(pid, SIGSTOP));
	T_EQ(waitpid(pid, &status, WUNTRACED), pid);
	T_OK(kill(pid, SIGCONT));
	t_await_sleep(pid);
	t_post(p[1]);
	t_reap(pid);
	return 0;
}
