/* a setuid program runs as its owner and knows that it must be careful */
#include <sys/auxv.h>

#include "t.h"

int main(int argc, char **argv)
{
	char path[] = "./suid", *args[] = {path, (char *)"again", NULL};
	char buf[65536];
	ssize_t got;
	pid_t pid;
	int in, out;

	if (argc > 1) {
		T_EQ(getuid(), T_NOBODY);
		if (geteuid() == T_NOBODY)
			T_SKIP("setuid programs are not honoured here");
		T_EQ(geteuid(), 1234);
		T_EQ(getauxval(AT_SECURE), 1);
		return 0;
	}
	t_need_root();
	in = T_OK(open(argv[0], O_RDONLY));
	out = T_OK(open(path, O_WRONLY | O_CREAT, 0755));
	while ((got = T_OK(read(in, buf, sizeof(buf)))) > 0)
		T_EQ(write(out, buf, (size_t)got), got);
	T_OK(close(out));
	T_OK(chown(path, 1234, 1234));
	T_OK(chmod(path, 04755));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		execv(path, args);
		_exit(9);
	}
	t_reap(pid);
	return 0;
}
