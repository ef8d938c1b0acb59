/* a program in a memory file runs, and its link in /proc says so */
#include "t.h"

int main(int argc, char **argv)
{
	char *args[] = {(char *)"m", (char *)"again", NULL};
	char buf[65536];
	ssize_t got;
	int in, mem;

	if (argc > 1) {
		got = T_OK(readlink("/proc/self/exe", buf, sizeof(buf) - 1));
		buf[got] = '\0';
		T_TRUE(strstr(buf, "memfd:prog") != NULL);
		return 0;
	}
	in = T_OK(open(argv[0], O_RDONLY));
	mem = T_OK(memfd_create("prog", MFD_CLOEXEC));
	while ((got = T_OK(read(in, buf, sizeof(buf)))) > 0)
		T_EQ(write(mem, buf, (size_t)got), got);
	syscall(SYS_execveat, mem, "", args, NULL, AT_EMPTY_PATH);
	t_die("execveat: %s", t_errname(errno));
}
