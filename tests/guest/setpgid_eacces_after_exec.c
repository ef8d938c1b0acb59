/* a child that has executed a program can no longer be moved */
#include "t.h"

int main(int argc, char **argv)
{
	char *args[] = {argv[0], (char *)"again", NULL};
	int p[2], done[2];
	pid_t pid;
	char c;

	if (argc > 1) {
		T_EQ(write(60, "x", 1), 1);
		T_EQ(read(61, &c, 1), 0);
		return 0;
	}
	T_OK(pipe(p));
	T_OK(pipe(done));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(dup2(p[1], 60));
		T_OK(dup2(done[0], 61));
		T_OK(close(done[1]));
		execv(argv[0], args);
		_exit(9);
	}
	t_take(p[0]);
	T_ERR(setpgid(pid, pid), EACCES);
	T_OK(close(done[1]));
	t_reap(pid);
	return 0;
}
