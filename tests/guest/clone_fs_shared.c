/* clone(2) with CLONE_FS shares working directory and umask */
#include "t.h"

int main(void)
{
	char buf[PATH_MAX];
	pid_t pid;

	T_OK(mkdir("d", 0755));
	umask(0);
	pid = T_OK((pid_t)syscall(SYS_clone, CLONE_FS | SIGCHLD, 0, 0, 0, 0));
	if (pid == 0) {
		T_OK(chdir("d"));
		umask(077);
		_exit(0);
	}
	t_reap(pid);
	T_TRUE(getcwd(buf, sizeof(buf)) != NULL);
	T_STR(strrchr(buf, '/'), "/d");
	T_EQ(umask(0), 077);
	return 0;
}
