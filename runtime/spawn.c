/*
 * Starting a sandbox: a gofer and a sentry from our own binary (self_exe.c).
 *
 * Each role starts with its descriptors at the numbers of lib/roles.h and
 * nothing else.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/debugenv.h"
#include "lib/roles.h"
#include "runtime/runtime.h"

#define ROLE_FDS_MAX 512
#define ROLE_FDS_OWN 32 /* what a sentry or gofer opens beside those it is given, at the least */
#define STACK_SIZE   (64 << 10)

#define ALL_NAMESPACES                                                                             \
	(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | \
	 CLONE_NEWCGROUP)

/* What one role is started with: descriptor fd[i] becomes number to[i]. */
struct role {
	const char *name;
	int nr_fds;
	int fd[ROLE_FDS_MAX];
	int to[ROLE_FDS_MAX];
	u64 clone_flags; /* CLONE_NEW* */
	u64 namespaces;  /* what it is told of, as role_namespaces() */
	bool dies_with_us;
};

static int role_fd(struct role *r, int fd, int to)
{
	if (r->nr_fds == ROLE_FDS_MAX)
		return fail("more than %d mounts of host directories", ROLE_FDS_MAX);
	r->fd[r->nr_fds] = fd;
	r->to[r->nr_fds++] = to;
	return 0;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	/* What cannot be mapped stays unmapped: a layer less, and the sentry says so. */
	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		text = NULL;
	close(fd);
}

/*
 * A user namespace that knows our ids only, under their own numbers: without
 * that the guests' processes could not enter namespaces of their own.
 */
static void map_ids(uid_t uid, gid_t gid)
{
	char line[64];

	write_file("/proc/self/setgroups", "deny");
	snprintf(line, sizeof(line), "%u %u 1", uid, uid);
	write_file("/proc/self/uid_map", line);
	snprintf(line, sizeof(line), "%u %u 1", gid, gid);
	write_file("/proc/self/gid_map", line);
}

/* The number after the last that a role is started with. */
static int role_fds_end(const struct role *r)
{
	int end = 0;

	for (int i = 0; i < r->nr_fds; i++)
		end = max(end, r->to[i] + 1);
	return end;
}

/* A role raises its own limit as far as it may; the guest is told the caller's. */
static int check_fd_limit(const struct role *r)
{
	struct rlimit lim;
	int need = role_fds_end(r) + r->nr_fds + ROLE_FDS_OWN;

	if (getrlimit(RLIMIT_NOFILE, &lim) || lim.rlim_max >= (rlim_t)need)
		return 0;
	return fail("the hard limit of open files is %ju, and a sandbox needs %d (ulimit -Hn)",
		    (uintmax_t)lim.rlim_max, need);
}

static void raise_fd_limit(void)
{
	struct rlimit lim;

	/* Where it cannot be raised, the next descriptor fails. */
	if (getrlimit(RLIMIT_NOFILE, &lim))
		return;
	lim.rlim_cur = lim.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &lim))
		return;
}

/*
 * What the sentry needs until it has isolated itself: to make mounts, and to give
 * up what it could get.  An ordinary user's loses its rights over its own namespaces
 * with the exec otherwise; where that happens all the same, it makes others.
 */
static void keep_caps(void)
{
	static const int kept[] = {CAP_SYS_ADMIN, CAP_SETPCAP};
	struct __user_cap_header_struct hdr = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &hdr, data))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		data[CAP_TO_INDEX(kept[i])].inheritable |= CAP_TO_MASK(kept[i]);
	if (syscall(SYS_capset, &hdr, data))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept[i], 0, 0);
}

/* Descriptors to their numbers; false: there are not enough. */
static bool take_fds(const struct role *r, int end)
{
	int fd[ROLE_FDS_MAX];

	/* They wait above until their numbers are free. */
	for (int i = 0; i < r->nr_fds; i++) {
		fd[i] = fcntl(r->fd[i], F_DUPFD_CLOEXEC, end);
		if (fd[i] < 0)
			return false;
	}
	for (int i = 0; i < r->nr_fds; i++)
		if (dup2(fd[i], r->to[i]) < 0)
			return false;
	close_range((unsigned)end, ~0u, CLOSE_RANGE_CLOEXEC);
	return true;
}

struct start {
	const struct role *role;
	int exe;
	pid_t parent;
	uid_t uid;
	gid_t gid;
};

/*
 * The child, up to its exec.  It runs in our memory while we wait: nothing but
 * system calls, and nothing that we go on to use is written to.
 */
static int role_exec(void *arg)
{
	const struct start *s = arg;
	const struct role *r = s->role;
	char namespaces[20];
	char *argv[] = {(char *)"bailey", (char *)(uintptr_t)r->name, namespaces, NULL};
	char *envp[DEBUGENV_MAX + 1];
	int end = role_fds_end(r), exe;

	if (r->clone_flags & CLONE_NEWUSER)
		map_ids(s->uid, s->gid);
	if (r->clone_flags == ALL_NAMESPACES && s->uid)
		keep_caps();
	if (r->dies_with_us) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* 0: the parent is outside our pid namespace. */
		if (getppid() != s->parent && getppid() != 0)
			return EXIT_BAILEY_FAILED;
	}
	/* Out of the caller's session: its terminal's signals are for the command line. */
	setsid();
	raise_fd_limit();
	exe = fcntl(s->exe, F_DUPFD_CLOEXEC, end);
	if (!take_fds(r, end))
		return EXIT_BAILEY_FAILED;
	debugenv_environ(envp);
	snprintf(namespaces, sizeof(namespaces), "%jx", (uintmax_t)r->namespaces);
	fexecve(exe, argv, envp);
	return EXIT_BAILEY_FAILED;
}

static pid_t role_start(const struct role *r, int exe)
{
	static char stack[STACK_SIZE] __attribute__((aligned(16)));
	struct start s = {r, exe, getpid(), geteuid(), getegid()};

	return clone(role_exec, stack + sizeof(stack),
		     CLONE_VM | CLONE_VFORK | (int)r->clone_flags | SIGCHLD, &s);
}

/* One directory descriptor for each mount that has a source on the host. */
static int open_mounts(const struct sandbox_spec *spec, struct role *gofer)
{
	int to = ROLE_FD_MOUNT0;

	for (u32 i = 0; i < spec->nr_mounts; i++) {
		const char *src = spec->mounts[i].src;
		int fd;

		if (!src)
			continue;
		fd = open(src, O_PATH | O_CLOEXEC);
		if (fd < 0)
			return fail("cannot open '%s' to mount it at '%s': %s", src,
				    spec->mounts[i].dst, strerror(errno));
		if (role_fd(gofer, fd, to++))
			return EXIT_BAILEY_FAILED;
	}
	return 0;
}

/*
 * The sentry becomes the first process of a pid namespace, so that the host
 * kernel ends every guest process with it.  Where that is forbidden the guests'
 * parent-death signal does the same.  Namespaces that it is not started in, it
 * makes itself as far as it may.
 */
static pid_t start_sentry(struct role *r, int exe)
{
	static const u64 flags[] = {ALL_NAMESPACES, CLONE_NEWUSER | CLONE_NEWPID, CLONE_NEWPID, 0};
	pid_t pid = -1;

	for (size_t i = 0; i < ARRAY_SIZE(flags) && pid < 0; i++) {
		r->clone_flags = flags[i];
		r->namespaces = flags[i] == ALL_NAMESPACES ? flags[i] : 0;
		pid = role_start(r, exe);
	}
	return pid;
}

/* Root's gofer may enter the sentry's namespaces. */
static pid_t start_gofer(struct role *r, const struct role *sentry, pid_t sentry_pid, int exe)
{
	int pidfd = -1;
	pid_t pid;

	if (sentry->namespaces && geteuid() == 0 && r->nr_fds < ROLE_FDS_MAX)
		pidfd = (int)syscall(SYS_pidfd_open, sentry_pid, 0);
	if (pidfd < 0)
		return role_start(r, exe);
	r->namespaces = sentry->namespaces;
	r->fd[r->nr_fds] = pidfd;
	r->to[r->nr_fds++] = ROLE_FD_SENTRY;
	pid = role_start(r, exe);
	r->nr_fds--;
	close(pidfd);
	return pid;
}

/* What sandbox_spawn() has open until both roles run. */
struct spawn_fds {
	int null, exe, spec;
	int gofer[2], control[2];
};

static int open_fds(struct spawn_fds *f, const struct sandbox_spec *spec)
{
	size_t size = 0;
	void *packed = spec_pack(spec, &size);

	*f = (struct spawn_fds){-1, -1, -1, {-1, -1}, {-1, -1}};
	f->null = open("/dev/null", O_RDWR | O_CLOEXEC);
	f->exe = self_exe();
	f->spec = packed ? sealed_memfd("spec", packed, size) : -1;
	kfree(packed);
	if (f->null < 0 || f->exe < 0 || f->spec < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, f->gofer) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, f->control))
		return fail("cannot start a sandbox: %s", strerror(errno));
	return 0;
}

static void close_fds(const struct spawn_fds *f)
{
	const int fds[] = {f->null,     f->exe,        f->spec,      f->gofer[0],
			   f->gofer[1], f->control[0], f->control[1]};

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static int fill_roles(const struct spawn_fds *f, const int stdio[3], int log_fd, int trace_fd,
		      int listen_fd, struct role *gofer, struct role *sentry)
{
	int err = 0;

	for (int i = 0; i < 2; i++)
		err |= role_fd(gofer, f->null, i) | role_fd(sentry, f->null, i);
	err |= role_fd(gofer, log_fd, ROLE_FD_LOG);
	err |= role_fd(sentry, log_fd, ROLE_FD_LOG);
	err |= role_fd(gofer, f->spec, ROLE_FD_SPEC);
	err |= role_fd(sentry, f->spec, ROLE_FD_SPEC);
	err |= role_fd(gofer, f->gofer[0], ROLE_FD_GOFER);
	err |= role_fd(sentry, f->gofer[1], ROLE_FD_GOFER);
	err |= role_fd(sentry, f->control[0], ROLE_FD_CONTROL);
	for (int i = 0; i < 3; i++)
		err |= role_fd(sentry, fcntl(stdio[i], F_GETFD) < 0 ? f->null : stdio[i],
			       ROLE_FD_STDIN + i);
	err |= role_fd(sentry, trace_fd, ROLE_FD_TRACE);
	return listen_fd < 0 ? err : err | role_fd(sentry, listen_fd, ROLE_FD_LISTEN);
}

int sandbox_spawn(struct sandbox_spec *spec, const int stdio[3], int log_fd, int trace_fd,
		  int listen_fd, struct sandbox *ret)
{
	struct role gofer = {.name = "gofer", .dies_with_us = listen_fd < 0};
	struct role sentry = {.name = "sentry", .dies_with_us = listen_fd < 0};
	struct spawn_fds f;
	int own_fds, err;

	*ret = (struct sandbox){-1, -1, -1};
	err = open_fds(&f, spec);
	if (!err)
		err = fill_roles(&f, stdio, log_fd, trace_fd, listen_fd, &gofer, &sentry);
	own_fds = gofer.nr_fds;
	if (!err)
		err = open_mounts(spec, &gofer);
	if (!err)
		err = check_fd_limit(&gofer);
	if (!err)
		err = check_fd_limit(&sentry);
	if (!err) {
		ret->control = f.control[1];
		f.control[1] = -1;
		/* The sentry has the longer way. */
		ret->sentry = start_sentry(&sentry, f.exe);
		ret->gofer = start_gofer(&gofer, &sentry, ret->sentry, f.exe);
		if (ret->gofer < 0 || ret->sentry < 0) {
			err = fail("cannot start a process: %s", strerror(errno));
			sandbox_kill(ret);
		}
	}
	for (int i = own_fds; i < gofer.nr_fds; i++)
		close(gofer.fd[i]);
	close_fds(&f);
	return err;
}
