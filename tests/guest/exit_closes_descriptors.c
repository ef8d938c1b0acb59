/* a process that ends closes what it had open: the reader sees the end */
#include "t.h"

int main(void)
{
	char c;
	int p[2];
	pid_t pid;

	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0)
		_exit(0);
	T_OK(close(p[1]));
	T_EQ(read(p[0], &c, 1), 0);
	t_reap(pid);
	return 0;
}
