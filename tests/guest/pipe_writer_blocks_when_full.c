/* a writer sleeps while the pipe is full and finishes when it is read */
#include "t.h"

int main(void)
{
	static char buf[200000];
	size_t total = 0;
	ssize_t got;
	int p[2];
	pid_t pid;

	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(close(p[0]));
		T_EQ(write(p[1], buf, sizeof(buf)), sizeof(buf));
		_exit(0);
	}
	T_OK(close(p[1]));
	t_await_sleep(pid);
	while ((got = T_OK(read(p[0], buf, 30000))) > 0)
		total += (size_t)got;
	T_EQ(total, sizeof(buf));
	t_reap(pid);
	return 0;
}
