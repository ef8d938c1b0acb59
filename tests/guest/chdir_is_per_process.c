/* the child inherits the working directory and changes its own */
#include "t.h"

int main(void)
{
	char a[PATH_MAX], b[PATH_MAX];
	pid_t pid;

	T_TRUE(getcwd(a, sizeof(a)) != NULL);
	T_OK(mkdir("d", 0755));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(chdir("d"));
		_exit(0);
	}
	t_reap(pid);
	T_TRUE(getcwd(b, sizeof(b)) != NULL);
	T_STR(b, a);
	return 0;
}
