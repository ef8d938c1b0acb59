/*
 * Row 1: another thread rewrites the path of a system call while it is made.
 * Whatever name wins, it is one of the two, whole or torn, below the directory
 * that both have in common.
 */
#include "a.h"

static char path[64];
static volatile int stop;

static void *rewrite(void *arg)
{
	while (!stop) {
		memcpy(path, "/tmp/race/aaaaaaaa", 19);
		memcpy(path, "/tmp/race/../../bb", 19);
	}
	return arg;
}

int main(void)
{
	pthread_t t;
	int i, fd, opened = 0;

	T_OK(mkdir("/tmp/race", 0755));
	memcpy(path, "/tmp/race/aaaaaaaa", 19);
	T_EQ(pthread_create(&t, NULL, rewrite, NULL), 0);
	for (i = 0; i < 2000; i++) {
		struct stat a, b;
		fd = open(path, O_RDWR | O_CREAT, 0600);
		if (fd == -1)
			continue;
		opened++;
		T_OK(fstat(fd, &a));
		T_TRUE(S_ISREG(a.st_mode));
		T_OK(close(fd));
		if (lstat(path, &b) == 0)
			T_TRUE(S_ISREG(b.st_mode) || S_ISDIR(b.st_mode));
		unlink(path);
	}
	stop = 1;
	T_EQ(pthread_join(t, NULL), 0);
	T_GT(opened, 0);
	a_survives();
	return 0;
}
