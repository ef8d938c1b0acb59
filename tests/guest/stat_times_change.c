/* writing moves mtime and ctime, chmod only ctime */
#include "t.h"

static int64_t ns(struct timespec t)
{
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(void)
{
	static const struct timespec old[2] = {{1000, 5}, {2000, 7}};
	struct stat a, b;
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	T_OK(futimens(fd, old));
	T_OK(fstat(fd, &a));
	T_EQ(ns(a.st_atim), 1000000000005LL);
	T_EQ(ns(a.st_mtim), 2000000000007LL);
	T_EQ(write(fd, "x", 1), 1);
	T_OK(fstat(fd, &b));
	T_GT(ns(b.st_mtim), ns(a.st_mtim));
	T_OK(futimens(fd, old));
	T_OK(fchmod(fd, 0600));
	T_OK(fstat(fd, &b));
	T_EQ(ns(b.st_mtim), ns(a.st_mtim));
	T_GE(ns(b.st_ctim), ns(a.st_ctim));
	return 0;
}
