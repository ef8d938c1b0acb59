/*
 * What a system call costs inside the sentry: from the platform's event to the
 * next resumption of the guest, trap and guest left out.
 *
 *	kernel [-t] [-n COUNT] [NAME...]
 *
 * One task runs task_main() over a stand-in platform: vcpu_run() hands out the
 * calls of a script as fast as they are taken, guest memory is this process's
 * own.  The files are those of a sandbox: an overlay over a gofer's directory at
 * /, a tmpfs at /tmp, devices at /dev; the gofer is a thread.
 *
 * Each line: ns for a round of the script (the best of several), the sentry's
 * host calls and allocations for a hundred rounds.  Under
 *
 *	valgrind --tool=callgrind --collect-atstart=no
 *
 * only the rounds are counted, a file of counts for each script.
 */
#include <linux/futex.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_TOGGLE_COLLECT
#define CALLGRIND_DUMP_STATS_AT(name)
#define RUNNING_ON_VALGRIND 0
#endif

#include "fs/devfs/devfs.h"
#include "fs/epoll.h"
#include "fs/fdtable.h"
#include "fs/fs_struct.h"
#include "fs/goferfs/goferfs.h"
#include "fs/overlay/overlay.h"
#include "fs/pipe.h"
#include "host/guard.h"
#include "host/host.h"
#include "kernel/futex.h"
#include "kernel/syscall.h"
#include "kernel/task.h"
#include "lib/park.h"
#include "mm/mm.h"
#include "mm/uaccess.h"
#include "mm/vma.h"
#include "net/sock.h"
#include "platform/bulk.h"
#include "platform/facts.h"
#include "platform/platform.h"
#include "sys/syscall_desc.h"
#include "tests/unit/fs_fixture.h"
#include "tests/unit/gofer_rig.h"

#define CALLS_MAX 6
#define ROUNDS    61
#define COUNTED   100
#define NOTHING   INT64_MIN /* a call whose result is not looked at */

struct call {
	long nr;
	u64 args[6];
	s64 want;
};

struct script {
	const char *name;
	struct call calls[CALLS_MAX];
};

static struct task *task;
static struct script scripts[64];
static size_t nr_scripts;
static const char *const *wanted;
static u64 rounds_of = 3000;
static bool shared; /* -t: descriptors and directories as a thread has them, shared with others */

/* What the guest's memory holds. */
static u8 buf[1 << 20];
static struct stat st;
static struct pollfd pfd[1];
static struct epoll_event events[8];
static u64 one = 1;

/* The stand-in platform: guest addresses are ours. */
struct aspace;
struct vcpu;

static const struct platform_info info = {
	.name = "none",
	.why = "",
	.user_end = 1ull << 47,
};

const struct platform_info *platform_info(void)
{
	return &info;
}

ssize_t aspace_read(struct aspace *as, void *dst, uaddr_t src, size_t size)
{
	(void)as;
	memcpy(dst, (const void *)(uintptr_t)src, size);
	return (ssize_t)size;
}

ssize_t aspace_write(struct aspace *as, uaddr_t dst, const void *src, size_t size)
{
	(void)as;
	memcpy((void *)(uintptr_t)dst, src, size);
	return (ssize_t)size;
}

void vcpu_window_touch(struct vcpu *v, uaddr_t addr, size_t size)
{
	(void)v, (void)addr, (void)size;
}

void vcpu_set_local(struct vcpu *v, const struct vcpu_local *l)
{
	(void)v, (void)l;
}

void vcpu_forget_places(struct vcpu *v)
{
	(void)v;
}

size_t vcpu_bulk_in(struct vcpu *v, void *dst, uaddr_t src, size_t size)
{
	(void)v, (void)dst, (void)src, (void)size;
	return 0;
}

size_t vcpu_bulk_out(struct vcpu *v, uaddr_t dst, const void *src, size_t size)
{
	(void)v, (void)dst, (void)src, (void)size;
	return 0;
}

u64 vcpu_restored(struct vcpu *v)
{
	(void)v;
	return 0;
}

static size_t carried(uaddr_t src, size_t size);

size_t vcpu_window_in(struct vcpu *v, void *dst, uaddr_t src, size_t size)
{
	(void)v;
	size = carried(src, size);
	memcpy(dst, (const void *)(uintptr_t)src, size);
	return size;
}

bool vcpu_window_out(struct vcpu *v, uaddr_t dst, const void *src, size_t size)
{
	(void)v;
	memcpy((void *)(uintptr_t)dst, src, size);
	return true;
}

struct aspace *aspace_get(struct aspace *as)
{
	return as;
}

/* Where the run stands: which script, which of its calls, how many rounds are left. */
static struct {
	size_t script, call;
	u64 left;
	enum { WARM, COUNT, TIME } phase;
	int round;
	u64 start, best;
	long host_calls, allocs;
} run;

static const struct call *current(void)
{
	return &scripts[run.script].calls[run.call];
}

/* What the stub would have put into the window: of a string no more than there is. */
static size_t carried(uaddr_t src, size_t size)
{
	const struct call *c = current();

	for (unsigned i = 0; c->nr && i < 6; i++) {
		u8 kind = syscall_args[c->nr - 1][i].kind;

		if (c->args[i] == src && (kind == ARG_path || kind == ARG_str))
			return min(size, strlen((const char *)(uintptr_t)src) + 1);
	}
	return size;
}

void vcpu_set_result(struct vcpu *v, long ret)
{
	const struct call *c = current();

	(void)v;
	if (unlikely(c->want != NOTHING && ret != c->want)) {
		fprintf(stderr, "%s: call %zu returned %ld, not %ld\n", scripts[run.script].name,
			run.call, ret, (long)c->want);
		exit(1);
	}
}

static bool is_wanted(const char *name)
{
	if (!wanted || !*wanted)
		return true;
	for (const char *const *w = wanted; *w; w++)
		if (!strcmp(*w, name))
			return true;
	return false;
}

/* The next script that is wanted, from run.script on; ends the program behind the last. */
static void next_script(void)
{
	while (run.script < nr_scripts && !is_wanted(scripts[run.script].name))
		run.script++;
	if (run.script == nr_scripts)
		exit(0);
	run.phase = WARM;
	run.left = COUNTED;
	run.round = 0;
	run.best = UINT64_MAX;
}

#define FAULT_FAR (1l << 40)

static void phase_done(void)
{
	u64 ns;

	switch (run.phase) {
	case WARM:
		run.phase = COUNT;
		run.left = COUNTED;
		fault_host_at = FAULT_FAR;
		fault_alloc_at = FAULT_FAR;
		return;
	case COUNT:
		run.host_calls = FAULT_FAR - fault_host_at;
		run.allocs = FAULT_FAR - fault_alloc_at;
		fault_host_at = 0;
		fault_alloc_at = 0;
		run.phase = TIME;
		break;
	case TIME:
		CALLGRIND_TOGGLE_COLLECT;
		CALLGRIND_DUMP_STATS_AT(scripts[run.script].name);
		ns = now_ns() - run.start;
		run.best = min(run.best, ns);
		if (++run.round == ROUNDS || RUNNING_ON_VALGRIND) {
			printf("%-24s %8.1f ns %6ld host calls %6ld allocations\n",
			       scripts[run.script].name, (double)run.best / (double)rounds_of,
			       run.host_calls, run.allocs);
			run.script++;
			next_script();
			return;
		}
		break;
	}
	run.left = rounds_of;
	CALLGRIND_TOGGLE_COLLECT;
	run.start = now_ns();
}

int vcpu_run(struct vcpu *v, struct vcpu_event *ev)
{
	const struct call *c;

	(void)v;
	run.call++;
	if (run.call == CALLS_MAX || !current()->nr) {
		run.call = 0;
		if (--run.left == 0)
			phase_done();
	}
	c = current();
	ev->kind = VCPU_SYSCALL;
	ev->call.nr = (u64)c->nr - 1;
	memcpy(ev->call.args, c->args, sizeof(c->args));
	ev->call.compat = false;
	ev->call.fast = true;
	return 0;
}

static u64 u(const void *p)
{
	return (u64)(uintptr_t)p;
}

/* Numbers are kept one too high, so that 0 ends a script. */
static struct call call(s64 want, long nr, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f)
{
	return (struct call){.nr = nr + 1, .want = want, .args = {a, b, c, d, e, f}};
}

#define C_1(want, nr, a)                call(want, nr, a, 0, 0, 0, 0, 0)
#define C_2(want, nr, a, b)             call(want, nr, a, b, 0, 0, 0, 0)
#define C_3(want, nr, a, b, c)          call(want, nr, a, b, c, 0, 0, 0)
#define C_4(want, nr, a, b, c, d)       call(want, nr, a, b, c, d, 0, 0)
#define C_6(want, nr, a, b, c, d, e, f) call(want, nr, a, b, c, d, e, f)

#define SCRIPT(name_, ...) \
	(scripts[nr_scripts++] = (struct script){.name = (name_), .calls = {__VA_ARGS__}})

static long sys(struct call c)
{
	return syscall_serve(task, (u64)c.nr - 1, c.args);
}

static int opened(struct call c)
{
	long fd = sys(c);

	if (fd < 0) {
		fprintf(stderr, "cannot set up: call %ld: %s\n", c.nr - 1, strerror((int)-fd));
		exit(1);
	}
	return (int)fd;
}

static int open_file(const char *path, int flags)
{
	return opened(C_3(0, SYS_open, u(path), (u64)flags, 0644));
}

static void pair(int fds[2], struct call c)
{
	(void)opened(c);
	fds[0] = ((int *)(void *)buf)[0];
	fds[1] = ((int *)(void *)buf)[1];
}

static void scripts_files(void)
{
	int fd = open_file("/usr/share/file", O_RDONLY), tmp, zero, null, dir, wr, big;
	static const char *const made = "/tmp/made", *const path = "/usr/share/file";

	dir = open_file("/usr/many", O_RDONLY);
	wr = open_file("/bind/usr/share/file", O_RDWR);
	big = open_file("/tmp/big", O_RDWR | O_CREAT);
	(void)opened(C_3(0, SYS_write, (u64)big, u(buf), sizeof(buf)));
	tmp = open_file("/tmp/kept", O_RDWR | O_CREAT);
	zero = open_file("/dev/zero", O_RDWR);
	null = open_file("/dev/null", O_RDWR);
	(void)opened(C_3(0, SYS_write, (u64)tmp, u(buf), 4096));
	SCRIPT("getppid", C_1(NOTHING, SYS_getppid, 0));
	SCRIPT("stat", C_2(0, SYS_stat, u(path), u(&st)));
	SCRIPT("stat_bind", C_2(0, SYS_stat, u("/bind/usr/share/file"), u(&st)));
	SCRIPT("stat_link", C_2(0, SYS_stat, u("/link/file"), u(&st)));
	SCRIPT("stat_none", C_2(-ENOENT, SYS_stat, u("/usr/share/none"), u(&st)));
	SCRIPT("stat_tmp", C_2(0, SYS_stat, u("/tmp/kept"), u(&st)));
	SCRIPT("fstat", C_2(0, SYS_fstat, (u64)fd, u(&st)));
	SCRIPT("access", C_2(0, SYS_access, u(path), R_OK));
	SCRIPT("open_close", C_3(NOTHING, SYS_open, u(path), O_RDONLY, 0),
	       C_1(0, SYS_close, (u64)null + 1));
	SCRIPT("open_close_tmp", C_3(NOTHING, SYS_open, u("/tmp/kept"), O_RDONLY, 0),
	       C_1(0, SYS_close, (u64)null + 1));
	SCRIPT("create_unlink", C_3(NOTHING, SYS_open, u(made), O_RDWR | O_CREAT, 0600),
	       C_1(0, SYS_close, (u64)null + 1), C_1(0, SYS_unlink, u(made)));
	SCRIPT("create_unlink_root",
	       C_3(NOTHING, SYS_open, u("/usr/share/made"), O_RDWR | O_CREAT, 0600),
	       C_1(0, SYS_close, (u64)null + 1), C_1(0, SYS_unlink, u("/usr/share/made")));
	SCRIPT("create_write_unlink_root",
	       C_3(NOTHING, SYS_open, u("/usr/share/made"), O_RDWR | O_CREAT, 0600),
	       C_3(100, SYS_write, (u64)null + 1, u(buf), 100), C_1(0, SYS_close, (u64)null + 1),
	       C_1(0, SYS_unlink, u("/usr/share/made")));
	SCRIPT("create_write_unlink", C_3(NOTHING, SYS_open, u(made), O_RDWR | O_CREAT, 0600),
	       C_3(100, SYS_write, (u64)null + 1, u(buf), 100), C_1(0, SYS_close, (u64)null + 1),
	       C_1(0, SYS_unlink, u(made)));
	SCRIPT("pread_512", C_4(512, SYS_pread64, (u64)fd, u(buf), 512, 0));
	SCRIPT("pread_64k", C_4(65536, SYS_pread64, (u64)fd, u(buf), 65536, 0));
	SCRIPT("pread_tmp_512", C_4(512, SYS_pread64, (u64)tmp, u(buf), 512, 0));
	SCRIPT("pwrite_tmp_512", C_4(512, SYS_pwrite64, (u64)tmp, u(buf), 512, 0));
	SCRIPT("getdents_64", C_3(0, SYS_lseek, (u64)dir, 0, SEEK_SET),
	       C_3(NOTHING, SYS_getdents64, (u64)dir, u(buf), 32768),
	       C_3(0, SYS_getdents64, (u64)dir, u(buf), 32768));
	SCRIPT("readlink", C_3(9, SYS_readlink, u("/link"), u(buf), 4096));
	SCRIPT("getcwd", C_2(2, SYS_getcwd, u(buf), 4096));
	SCRIPT("dup_close", C_1(null + 1, SYS_dup, (u64)fd), C_1(0, SYS_close, (u64)null + 1));
	SCRIPT("fcntl_getfl", C_2(NOTHING, SYS_fcntl, (u64)fd, F_GETFL));
	SCRIPT("mkdir_rmdir", C_2(0, SYS_mkdir, u(made), 0700), C_1(0, SYS_rmdir, u(made)));
	SCRIPT("rename_there_and_back", C_2(0, SYS_rename, u("/tmp/kept"), u(made)),
	       C_2(0, SYS_rename, u(made), u("/tmp/kept")));
	SCRIPT("pwrite_host_512", C_4(512, SYS_pwrite64, (u64)wr, u(buf), 512, 0));
	SCRIPT("pwrite_tmp_64k", C_4(65536, SYS_pwrite64, (u64)big, u(buf), 65536, 0));
	SCRIPT("pread_tmp_64k", C_4(65536, SYS_pread64, (u64)big, u(buf), 65536, 0));
	SCRIPT("append_cut_tmp_4k", C_4(4096, SYS_pwrite64, (u64)tmp, u(buf), 4096, 4096),
	       C_2(0, SYS_ftruncate, (u64)tmp, 4096));
	SCRIPT("lseek", C_3(0, SYS_lseek, (u64)fd, 0, SEEK_SET));
	SCRIPT("read_zero_1", C_3(1, SYS_read, (u64)zero, u(buf), 1));
	SCRIPT("write_null_1", C_3(1, SYS_write, (u64)null, u(buf), 1));
}

static void scripts_signals(void)
{
	static u64 set = 1u << 11, old, act[4];
	static struct timespec ts;
	static u32 word;

	SCRIPT("sigprocmask", C_4(0, SYS_rt_sigprocmask, SIG_BLOCK, u(&set), u(&old), 8),
	       C_4(0, SYS_rt_sigprocmask, SIG_UNBLOCK, u(&set), 0, 8));
	SCRIPT("sigprocmask_ask", C_4(0, SYS_rt_sigprocmask, SIG_BLOCK, 0, u(&old), 8));
	SCRIPT("sigaction", C_4(0, SYS_rt_sigaction, SIGUSR1, u(act), u(act), 8));
	SCRIPT("clock_gettime", C_2(0, SYS_clock_gettime, CLOCK_MONOTONIC, u(&ts)));
	SCRIPT("gettimeofday", C_2(0, SYS_gettimeofday, u(&ts), 0));
	SCRIPT("futex_wake", C_3(0, SYS_futex, u(&word), FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1));
	SCRIPT("sched_yield", C_1(0, SYS_sched_yield, 0));
}

static void scripts_pipes(void)
{
	int p[2], s[2], g[2], ev, ep, idle[2];

	pair(p, C_2(0, SYS_pipe2, u(buf), 0));
	pair(idle, C_2(0, SYS_pipe2, u(buf), 0));
	pair(s, C_4(0, SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, u(buf)));
	pair(g, C_4(0, SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, u(buf)));
	ev = opened(C_2(0, SYS_eventfd2, 0, 0));
	ep = opened(C_1(0, SYS_epoll_create1, 0));
	events[0] = (struct epoll_event){.events = EPOLLIN};
	(void)opened(C_4(0, SYS_epoll_ctl, (u64)ep, EPOLL_CTL_ADD, (u64)p[0], u(events)));
	pfd[0] = (struct pollfd){.fd = idle[1], .events = POLLOUT};
	SCRIPT("pipe_512", C_3(512, SYS_write, (u64)p[1], u(buf), 512),
	       C_3(512, SYS_read, (u64)p[0], u(buf), 512));
	SCRIPT("pipe_64k", C_3(65536, SYS_write, (u64)p[1], u(buf), 65536),
	       C_3(65536, SYS_read, (u64)p[0], u(buf), 65536));
	SCRIPT("unix_stream_64", C_3(64, SYS_write, (u64)s[0], u(buf), 64),
	       C_3(64, SYS_read, (u64)s[1], u(buf), 64));
	SCRIPT("unix_dgram_64", C_3(64, SYS_write, (u64)g[0], u(buf), 64),
	       C_3(64, SYS_read, (u64)g[1], u(buf), 64));
	SCRIPT("eventfd", C_3(8, SYS_write, (u64)ev, u(&one), 8),
	       C_3(8, SYS_read, (u64)ev, u(buf), 8));
	SCRIPT("poll_1", C_3(1, SYS_poll, u(pfd), 1, (u64)-1));
	SCRIPT("epoll_pipe", C_3(512, SYS_write, (u64)p[1], u(buf), 512),
	       C_4(1, SYS_epoll_wait, (u64)ep, u(events), 8, 0),
	       C_3(512, SYS_read, (u64)p[0], u(buf), 512));
}

/* A connection over the loopback, and two datagram sockets that know each other. */
static void scripts_inet(void)
{
	struct sockaddr_in *a = (void *)(buf + 64);
	u32 *len = (void *)buf;
	int l, c, s, d;

	l = opened(C_3(0, SYS_socket, AF_INET, SOCK_STREAM, 0));
	(void)opened(C_2(0, SYS_listen, (u64)l, 4));
	*len = sizeof(*a);
	(void)opened(C_3(0, SYS_getsockname, (u64)l, u(a), u(len)));
	a->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c = opened(C_3(0, SYS_socket, AF_INET, SOCK_STREAM, 0));
	(void)opened(C_3(0, SYS_connect, (u64)c, u(a), sizeof(*a)));
	s = opened(C_3(0, SYS_accept, (u64)l, 0, 0));
	d = opened(C_3(0, SYS_socket, AF_INET, SOCK_DGRAM, 0));
	*a = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	(void)opened(C_3(0, SYS_bind, (u64)d, u(a), sizeof(*a)));
	*len = sizeof(*a);
	(void)opened(C_3(0, SYS_getsockname, (u64)d, u(a), u(len)));
	(void)opened(C_3(0, SYS_connect, (u64)d, u(a), sizeof(*a)));
	SCRIPT("tcp_64", C_6(64, SYS_sendto, (u64)c, u(buf), 64, 0, 0, 0),
	       C_6(64, SYS_recvfrom, (u64)s, u(buf), 64, 0, 0, 0));
	SCRIPT("udp_64", C_6(64, SYS_sendto, (u64)d, u(buf), 64, 0, 0, 0),
	       C_6(64, SYS_recvfrom, (u64)d, u(buf), 64, 0, 0, 0));
}

static void host_tree(struct rig *r)
{
	int usr, share, fd;
	char name[16];

	mkdirat(r->root_fd, "usr", 0755);
	mkdirat(r->root_fd, "tmp", 0755);
	(void)!symlinkat("usr/share", r->root_fd, "link");
	mkdirat(r->root_fd, "dev", 0755);
	mkdirat(r->root_fd, "bind", 0755);
	usr = openat(r->root_fd, "usr", O_RDONLY | O_CLOEXEC);
	mkdirat(usr, "share", 0755);
	share = openat(usr, "share", O_RDONLY | O_CLOEXEC);
	fd = openat(share, "file", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (write(fd, buf, sizeof(buf)) != sizeof(buf))
		exit(1);
	close(fd);
	close(share);
	mkdirat(usr, "many", 0755);
	share = openat(usr, "many", O_RDONLY | O_CLOEXEC);
	for (int i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), "file%d", i);
		rig_file(share, name, "text");
	}
	close(share);
	close(usr);
}

static void mount_on(const struct namei_base *base, const char *place, struct super *super)
{
	cleanup_path struct path at = PATH_NONE;
	struct mount *mnt;

	if (mount_create(super, NULL, "bench", MNT_RELATIME, &mnt) ||
	    path_lookup(base, place, LOOKUP_FOLLOW, &at) || mount_attach(mnt, &at)) {
		fprintf(stderr, "cannot mount %s\n", place);
		exit(1);
	}
}

static void make_tree(struct rig *r, struct fs_fixture *fx)
{
	struct tmpfs_options topts = {.mode = 01777};
	struct overlay_options opts = {0};
	struct super *super, *lower;

	if (goferfs_create(r->c, 1, SUPER_LAYER | SUPER_RDONLY, &lower) ||
	    overlay_create(lower, &opts, &super))
		exit(1);
	fs_setup_super(fx, super);
	if (tmpfs_create(&topts, &super))
		exit(1);
	mount_on(&fx->root, "/tmp", super);
	if (devfs_create(&super))
		exit(1);
	mount_on(&fx->root, "/dev", super);
	if (goferfs_create(r->c, 0, 0, &super))
		exit(1);
	mount_on(&fx->root, "/bind", super);
}

/* All of the guest's memory can be written for sure, as a program's heap and stack can. */
static void map_all(struct mm *mm)
{
	struct vma *v = vma_alloc();

	if (!v)
		exit(1);
	v->start = PAGE_SIZE;
	v->end = info.user_end;
	v->flags = VMA_READ | VMA_WRITE;
	vma_insert(mm->vmas, v);
}

static void make_task(struct fs_fixture *fx)
{
	static u8 vcpu;
	struct pid *pid;
	struct mm *mm;

	if (pid_create(&pid) || task_create(NULL, NULL, pid, &task) ||
	    sighand_create(&task->tg->sighand) || mm_create(NULL, &mm) ||
	    fdtable_create(&task->files) ||
	    fs_struct_create(&fx->root.root, &fx->root.cwd, &task->fs))
		exit(1);
	for (int i = 0; i < RLIM_NLIMITS; i++)
		task->tg->rlim[i] = (struct rlimit64){RLIM64_INFINITY, RLIM64_INFINITY};
	task->tg->rlim[RLIMIT_NOFILE] = (struct rlimit64){1024, 1024};
	task->tg->pgrp = pid_get(pid);
	task->tg->session = pid_get(pid);
	task->cred = cred_get(fx->root_cred);
	task_set_mm(task, mm);
	map_all(mm);
	task->vcpu = (struct vcpu *)(void *)&vcpu;
	mutex_lock(&tasklist_lock);
	task_publish_locked(task);
	mutex_unlock(&tasklist_lock);
	park_self()->owner = task;
	if (shared) {
		fdtable_get(task->files);
		fs_struct_get(task->fs);
	}
}

static void init(void)
{
	pid_init();
	uaccess_init();
	epoll_init();
	tmpfs_init(1ull << 30);
	devfs_init();
	if (guard_init() || net_init() || pipe_init())
		exit(1);
}

static struct rig rig;

static void clean(void)
{
	(void)nftw(rig.top, rig_remove, 16, FTW_DEPTH | FTW_PHYS);
}

int main(int argc, char **argv)
{
	static struct fs_fixture fx;

	if (argc > 1 && !strcmp(argv[1], "-t")) {
		shared = true;
		argc--;
		argv++;
	}
	if (argc > 2 && !strcmp(argv[1], "-n")) {
		rounds_of = strtoull(argv[2], NULL, 10);
		argc -= 2;
		argv += 2;
	}
	wanted = argc > 1 ? (const char *const *)argv + 1 : NULL;
	init();
	if (!rig_start(&rig, 256))
		return 1;
	atexit(clean);
	host_tree(&rig);
	make_tree(&rig, &fx);
	make_task(&fx);
	scripts_pipes();
	scripts_inet();
	/* Last: the next free descriptor is then known. */
	scripts_files();
	scripts_signals();
	run.script = 0;
	next_script();
	run.call = CALLS_MAX - 1;
	run.left++;
	task_main(task);
}
