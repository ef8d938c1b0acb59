/* execve(2) keeps pid, parent, group, directory, umask and alarm */
#include "t.h"

int main(int argc, char **argv)
{
	char was[128], is[128], *args[] = {argv[0], was, NULL};

	snprintf(is, sizeof(is), "%d %d %d %d", getpid(), getppid(), getpgrp(), getsid(0));
	if (argc > 1) {
		T_STR(argv[1], is);
		T_EQ(umask(0), 041);
		T_GT(alarm(0), 0);
		T_OK(access("marker", F_OK));
		return 0;
	}
	t_write_file("marker", "");
	umask(041);
	alarm(100);
	strcpy(was, is);
	execv(argv[0], args);
	t_die("execv: %s", t_errname(errno));
}
