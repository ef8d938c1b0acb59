/*
 * The caller's standard streams as a sandbox gets them.
 *
 * The sentry must never sleep in a read or write, but O_NONBLOCK belongs to the
 * open file that the caller's shell shares.  A terminal, pipe or device is
 * opened anew through /proc/self/fd; a regular file is passed as it is, since
 * its offset is shared on purpose, and so is a socket, which has MSG_DONTWAIT.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "runtime/runtime.h"

/* The terminal among the streams, if there is one, before anybody changed it. */
static int terminal = -1;
static struct termios settings;

/* Is what @fd and @again lead to the same; a pipe may have been replaced by then. */
static bool same_file(int fd, int again)
{
	struct stat a, b;

	return !fstat(fd, &a) && !fstat(again, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int open_anew(int fd, int flags)
{
	char path[32];
	int again;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, (flags & (O_ACCMODE | O_APPEND)) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (again >= 0 && !same_file(fd, again)) {
		close(again);
		return -1;
	}
	return again;
}

void stdio_fill(void)
{
	/* The other way round: a read or write fails with EBADF, as it would closed. */
	static const int flags[3] = {O_WRONLY, O_RDONLY, O_RDONLY};

	for (int i = 0; i < 3; i++)
		if (fcntl(i, F_GETFD) < 0 && open("/dev/null", flags[i]) < 0)
			return;
}

static void remember_terminal(void)
{
	for (int i = 0; i < 3 && terminal < 0; i++)
		if (!tcgetattr(i, &settings))
			terminal = fcntl(i, F_DUPFD_CLOEXEC, 3);
}

void stdio_restore_terminal(void)
{
	/* Another job's terminal is not ours to change. */
	if (terminal < 0 || tcgetpgrp(terminal) != getpgrp())
		return;
	signal(SIGTTOU, SIG_IGN);
	if (tcsetattr(terminal, TCSANOW, &settings))
		fail("cannot restore the terminal's settings: %s", strerror(errno));
}

int stdio_open(int ret[3])
{
	remember_terminal();
	for (int i = 0; i < 3; i++) {
		int flags = fcntl(i, F_GETFL);
		struct stat st;

		ret[i] = -1;
		if (flags < 0 || fstat(i, &st)) {
			ret[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
		} else {
			if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode))
				ret[i] = open_anew(i, flags);
			if (ret[i] < 0)
				ret[i] = fcntl(i, F_DUPFD_CLOEXEC, 3);
		}
		if (ret[i] < 0)
			return fail("cannot pass standard stream %d on: %s", i, strerror(errno));
	}
	return 0;
}

void stdio_close(int fds[3])
{
	for (int i = 0; i < 3; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

void stdio_leave(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	close(null);
}
