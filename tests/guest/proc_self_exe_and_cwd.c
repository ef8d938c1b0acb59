/* /proc/self/exe, cwd and root are links to where they say */
#include "t.h"

int main(int argc, char **argv)
{
	char buf[PATH_MAX], want[PATH_MAX];
	struct stat a, b;
	ssize_t got;

	T_EQ(argc, 1);
	got = T_OK(readlink("/proc/self/exe", buf, sizeof(buf) - 1));
	buf[got] = '\0';
	T_TRUE(realpath(argv[0], want) != NULL);
	T_STR(buf, want);
	T_OK(stat("/proc/self/exe", &a));
	T_OK(stat(argv[0], &b));
	T_EQ(a.st_ino, b.st_ino);
	T_EQ(a.st_dev, b.st_dev);
	got = T_OK(readlink("/proc/self/cwd", buf, sizeof(buf) - 1));
	buf[got] = '\0';
	T_TRUE(getcwd(want, sizeof(want)) != NULL);
	T_STR(buf, want);
	t_write_file("f", "x");
	T_OK(access("/proc/self/cwd/f", F_OK));
	got = T_OK(readlink("/proc/self/root", buf, sizeof(buf) - 1));
	buf[got] = '\0';
	T_STR(buf, "/");
	got = T_OK(readlink("/proc/self", buf, sizeof(buf) - 1));
	buf[got] = '\0';
	T_EQ(atoi(buf), getpid());
	got = T_OK(readlink("/proc/thread-self", buf, sizeof(buf) - 1));
	buf[got] = '\0';
	snprintf(want, sizeof(want), "%d/task/%d", getpid(), t_gettid());
	T_STR(buf, want);
	return 0;
}
