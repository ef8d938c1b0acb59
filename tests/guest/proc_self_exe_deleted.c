/*
 * a program whose file was removed still has its link, marked as deleted, and
 * still runs
 */
#include "t.h"

int main(int argc, char **argv)
{
	char *args[] = {(char *)"./copy", (char *)"again", NULL};
	char buf[65536];
	ssize_t got;
	int in, out;

	if (argc > 1) {
		T_OK(unlink("copy"));
		got = T_OK(readlink("/proc/self/exe", buf, sizeof(buf) - 1));
		buf[got] = '\0';
		T_TRUE(got > 10);
		T_STR(buf + got - 10, " (deleted)");
		T_OK(open("/proc/self/exe", O_RDONLY));
		return 0;
	}
	in = T_OK(open(argv[0], O_RDONLY));
	out = T_OK(open("copy", O_WRONLY | O_CREAT, 0755));
	while ((got = T_OK(read(in, buf, sizeof(buf)))) > 0)
		T_EQ(write(out, buf, (size_t)got), got);
	T_OK(close(out));
	execv("./copy", args);
	t_die("execv: %s", t_errname(errno));
}
