/*
 * a reader that sleeps wakes when something is written, and when the writer
 * goes
 */
#include "t.h"

int main(void)
{
	char buf[8];
	int p[2];
	pid_t pid;

	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(close(p[1]));
		T_EQ(read(p[0], buf, 8), 3);
		T_EQ(read(p[0], buf, 8), 0);
		_exit(0);
	}
	t_await_sleep(pid);
	T_EQ(write(p[1], "abc", 3), 3);
	t_await_sleep(pid);
	T_OK(close(p[1]));
	t_reap(pid);
	return 0;
}
