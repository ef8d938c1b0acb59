/* after vfork(2) an exec lets the parent go on while the new program runs */
#include "t.h"

int main(int argc, char **argv)
{
	static char self[PATH_MAX];
	static char *args[] = {self, (char *)"child", NULL};
	int p[2];
	pid_t pid;
	char c;

	if (argc > 1) {
		T_EQ(read(3, &c, 1), 1);
		return 4;
	}
	T_TRUE(strlen(argv[0]) < sizeof(self));
	strcpy(self, argv[0]);
	T_OK(pipe(p));
	pid = vfork();
	if (pid == 0) {
		if (p[0] != 3)
			dup2(p[0], 3);
		execv(self, args);
		_exit(9);
	}
	T_NE(pid, -1);
	t_post(p[1]);
	T_EXITED(pid, 4);
	return 0;
}
