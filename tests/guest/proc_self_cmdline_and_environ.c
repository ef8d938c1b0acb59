/*
 * /proc/self/cmdline and environ give the strings of the program, and follow
 * its changes
 */
#include "t.h"

int main(int argc, char **argv)
{
	char *args[] = {argv[0], (char *)"two words", (char *)"", NULL};
	char *env[] = {(char *)"A=1", (char *)"B=2", NULL};
	char buf[PATH_MAX + 64];
	size_t got, len = strlen(argv[0]);

	if (argc == 1) {
		execve(argv[0], args, env);
		t_die("execve: %s", t_errname(errno));
	}
	got = t_read_file("/proc/self/cmdline", buf, sizeof(buf));
	T_EQ(got, len + 1 + 10 + 1);
	T_STR(buf, argv[0]);
	T_STR(buf + len + 1, "two words");
	got = t_read_file("/proc/self/environ", buf, sizeof(buf));
	T_EQ(got, 8);
	T_MEM(buf, "A=1\0B=2\0", 8);
	argv[1][0] = 'T';
	t_read_file("/proc/self/cmdline", buf, sizeof(buf));
	T_STR(buf + len + 1, "Two words");
	return 0;
}
