/*
 * What the host's bare user notification costs: a process calls getppid, another
 * receives the notification and answers it, and nothing else is done.  This is
 * the floor of a system call that traps by it.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "b.h"

#define ANSWER 42

/* Newer than the headers of Debian 12. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif

static int install(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {sizeof(code) / sizeof(code[0]), code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return (int)syscall(
		SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &prog);
}

/* The server: until the caller is gone. */
__attribute__((noreturn)) static void answer(int fd)
{
	struct seccomp_notif req;
	struct seccomp_notif_resp resp;

	ioctl(fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	for (;;) {
		memset(&req, 0, sizeof(req));
		if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &req)) {
			if (errno == EINTR || errno == ENOENT)
				continue;
			_exit(0);
		}
		memset(&resp, 0, sizeof(resp));
		resp.id = req.id;
		resp.val = ANSWER;
		ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &resp);
	}
}

/* The filter cannot be taken off again, so every batch has a caller of its own. */
static uint64_t op_getppid(uint64_t n)
{
	struct shared {
		int listener; /* atomic: 0 until there is one */
		uint64_t ns;
	} *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t caller, server;
	uint64_t ns;
	int fd, status;

	must(s != MAP_FAILED);
	/* One descriptor table, two address spaces: as sentry and guest, without the passing. */
	caller = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (caller == 0) {
		uint64_t start;

		fd = install();
		__atomic_store_n(&s->listener, fd < 0 ? -1 : fd, __ATOMIC_RELEASE);
		start = now_ns();
		while (fd >= 0 && n--)
			must(syscall(SYS_getppid) == ANSWER);
		s->ns = now_ns() - start;
		_exit(fd < 0 ? 77 : 0);
	}
	must(caller > 0);
	while ((fd = __atomic_load_n(&s->listener, __ATOMIC_ACQUIRE)) == 0)
		sched_yield();
	if (fd < 0) {
		fprintf(stderr, "this host has no user notification\n");
		exit(77);
	}
	server = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (server == 0)
		answer(fd);
	must(server > 0 && waitpid(caller, &status, 0) == caller && status == 0);
	kill(server, SIGKILL);
	must(waitpid(server, NULL, 0) == server && !close(fd));
	ns = s->ns;
	munmap(s, sizeof(*s));
	return ns;
}

static const struct op ops[] = {
	{"getppid", op_getppid},
};

BENCH_MAIN(ops)
