/*
 * descriptors without a file behind them: what fails does so with the right
 * errno
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include "t.h"

static void check(int fd)
{
	char path[64], buf[64];
	struct stat st;
	ssize_t got;

	T_OK(fstat(fd, &st));
	T_EQ(st.st_size, 0);
	T_ERR(ftruncate(fd, 0), EINVAL);
	T_ERR(fsync(fd), EINVAL);
	T_ERR(fchdir(fd), ENOTDIR);
	T_ERR(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0), ENODEV);
	T_ERR(syscall(SYS_getdents64, fd, buf, sizeof(buf)), ENOTDIR);
	T_ERR(openat(fd, "x", O_RDONLY), ENOTDIR);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	got = T_OK(readlink(path, buf, sizeof(buf) - 1));
	buf[got] = '\0';
	T_TRUE(strncmp(buf, "anon_inode:", 11) == 0);
	T_OK(stat(path, &st));
	T_EQ(open(path, O_RDONLY), -1);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	T_OK(open(path, O_RDONLY));
	T_OK(dup(fd));
}

int main(void)
{
	sigset_t set;

	sigemptyset(&set);
	check(T_OK(eventfd(0, 0)));
	check(T_OK(epoll_create1(0)));
	check(T_OK(timerfd_create(CLOCK_MONOTONIC, 0)));
	check(T_OK(signalfd(-1, &set, 0)));
	return 0;
}
