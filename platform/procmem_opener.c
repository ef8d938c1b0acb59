/*
 * The opener (procmem.h): a process that opens the memory of the sentry's
 * children, and nothing else, for the sentry.
 *
 * It believes the sentry nothing: the number it is told must be that of a child
 * of its own parent.  Its filter leaves it a handful of calls.
 *
 * Not done: where Yama restricts ptrace to descendants it opens nothing, and
 * says so at the start.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/filter.h"
#include "lib/harden.h"
#include "platform/procmem.h"

#define PATH_SIZE 64

static const struct filter_rule rules[] = {
	FILTER_CALL_EQ(openat, 2, O_RDONLY | O_CLOEXEC),
	FILTER_CALL_EQ(openat, 2, O_RDWR | O_CLOEXEC),
	FILTER_CALL(read),
	FILTER_CALL(close),
	FILTER_CALL(sendmsg),
	FILTER_CALL(recvfrom),
	FILTER_CALL(exit_group),
};

/* The start of a file of /proc, as a string; 0 or -errno. */
static int read_proc(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	close(fd);
	if (n < 0)
		return -EIO;
	buf[n] = '\0';
	return 0;
}

/* Who is the parent of @pid; 0: nobody, or it cannot be said. */
static pid_t parent_of(pid_t pid)
{
	char path[PATH_SIZE], stat[512];
	const char *name_end;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (read_proc(path, stat, sizeof(stat)))
		return 0;
	/* PID (NAME) STATE PPID ..., the name being anything. */
	name_end = strrchr(stat, ')');
	if (!name_end || strlen(name_end) < 5)
		return 0;
	return (pid_t)strtol(name_end + 4, NULL, 10);
}

static int open_memory(pid_t pid, pid_t sentry)
{
	char path[PATH_SIZE];
	int fd;

	if (pid <= 0 || parent_of(pid) != sentry)
		return -EPERM;
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Yama says whom one may ptrace: 0, anybody that is one's own; else nobody of the sentry's. */
static bool yama_forbids(void)
{
	char scope[8] = "";

	return !read_proc("/proc/sys/kernel/yama/ptrace_scope", scope, sizeof(scope)) &&
	       scope[0] != '0';
}

/* Is there a /proc that knows processes by the numbers we know? */
static int check_proc(pid_t sentry)
{
	if (parent_of(getpid()) != sentry)
		return -ENOENT;
	return yama_forbids() ? -EACCES : 0;
}

/* @fd -1: there is none. */
static void reply(int sock, s32 status, int fd)
{
	union {
		struct cmsghdr hdr;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec iov = {.iov_base = &status, .iov_len = sizeof(status)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fd >= 0) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		control.hdr.cmsg_level = SOL_SOCKET;
		control.hdr.cmsg_type = SCM_RIGHTS;
		control.hdr.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.hdr), &fd, sizeof(int));
	}
	if (sendmsg(sock, &msg, MSG_NOSIGNAL) < 0)
		_exit(1);
	if (fd >= 0)
		close(fd);
}

static int confine(void)
{
	const struct filter filter = {.rules = rules, .nr_rules = ARRAY_SIZE(rules)};
	struct harden_report report = {0};

	harden_lock(0, &report);
	return filter_install(&filter, 1);
}

noreturn_fn void procmem_opener(int sock, pid_t sentry)
{
	struct harden_report report = {0};
	s32 pid;
	int err;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != sentry)
		_exit(1);
	harden_fds(&sock, 1, &report);
	err = check_proc(sentry);
	if (!err)
		err = confine();
	reply(sock, err, -1);
	while (!err && recv(sock, &pid, sizeof(pid), 0) == sizeof(pid)) {
		int fd = open_memory(pid, sentry);

		reply(sock, min(fd, 0), fd);
	}
	_exit(0);
}
