/* a child that ended keeps its number, takes signals and loses its memory */
#include "t.h"

int main(void)
{
	char path[64], buf[64];
	pid_t pid = T_OK(fork());

	if (pid == 0)
		_exit(0);
	t_await_state(pid, "Z");
	T_OK(kill(pid, 0));
	T_OK(kill(pid, SIGKILL));
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	T_EQ(t_read_file(path, buf, sizeof(buf)), 0);
	T_EXITED(pid, 0);
	T_ERR(kill(pid, 0), ESRCH);
	return 0;
}
