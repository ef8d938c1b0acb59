/*
 * Row 46: forking without end stops at a limit of the sandbox or of the
 * caller's; afterwards all goes on
 */
#include <sys/resource.h>

#include "a.h"

int main(void)
{
	struct rlimit r = {200, 200};
	int p[2], q[2], n = 0, i;
	pid_t pid[300];
	char c;

	t_drop_root();
	T_OK(setrlimit(RLIMIT_NPROC, &r));
	T_OK(pipe(p));
	T_OK(pipe(q));
	for (i = 0; i < 300; i++) {
		pid[i] = fork();
		if (pid[i] == -1)
			break;
		if (pid[i] == 0) {
			close(p[1]);
			read(p[0], &c, 1);
			_exit(0);
		}
		n++;
	}
	T_EQ(errno, EAGAIN);
	T_LE(n, 200);
	T_GT(n, 50);
	T_OK(close(p[1]));
	for (i = 0; i < n; i++)
		t_reap(pid[i]);
	a_survives();
	return 0;
}
