/* kernel/strace*.c: calls as text, against what strace(1) prints */
#include "kernel/strace.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sys/syscall_desc.h"
#include "tests/unit/harness.h"

/* The memory of a guest: one array; what lies outside faults. */
#define BASE 0x10000ull

static unsigned char ram[8192];
static size_t used;

static ssize_t ram_read(void *ctx, void *dst, uaddr_t src, size_t n)
{
	(void)ctx;
	if (src < BASE || src >= BASE + sizeof(ram))
		return -EFAULT;
	n = min(n, (size_t)(BASE + sizeof(ram) - src));
	memcpy(dst, ram + (src - BASE), n);
	return (ssize_t)n;
}

static const struct strace_mem mem = {.read = ram_read};

/* put - copy into the guest; its address */
static u64 put(const void *p, size_t n)
{
	u64 addr = BASE + used;

	memcpy(ram + used, p, n);
	used = (used + n + 15) & ~15ul;
	return addr;
}

static u64 put_str(const char *s)
{
	return put(s, strlen(s) + 1);
}

#define PUT(...)  put(&(__VA_ARGS__), sizeof(__VA_ARGS__))
#define ARGS(...) ((u64[6]){__VA_ARGS__})

/* call - the whole line, the call changing no memory */
static const char *call(u64 nr, const u64 args[6], long ret)
{
	static struct strace_line l;

	strace_enter(&l, 7, nr, args, &mem);
	strace_leave(&l, nr, args, ret, &mem);
	l.text[l.len - 1] = '\0';
	return l.text;
}

TEST(strace_open_flags_mode_and_errno)
{
	u64 path = put_str("/etc/a\"b\n");

	CHECK_STR("7 openat(AT_FDCWD, \"/etc/a\\\"b\\n\", O_RDONLY|O_CLOEXEC) = 3",
		  call(SYS_openat, ARGS((u64)AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0777), 3));
	CHECK_STR("7 openat(5, \"/etc/a\\\"b\\n\", O_WRONLY|O_CREAT|O_TRUNC, 0644) = -1 ENOENT (No "
		  "such "
		  "file or directory)",
		  call(SYS_openat, ARGS(5, path, O_WRONLY | O_CREAT | O_TRUNC, 0644), -ENOENT));
	CHECK_STR("7 open(NULL, O_RDWR) = -1 EFAULT (Bad address)",
		  call(SYS_open, ARGS(0, O_RDWR), -EFAULT));
	CHECK_STR("7 open(0x1, O_RDWR) = -1 EFAULT (Bad address)",
		  call(SYS_open, ARGS(1, O_RDWR), -EFAULT));
}

TEST(strace_buffers_are_cut_and_escaped)
{
	u64 buf = put("0123456789012345678901234567890123456789", 40);
	u64 bin = put("\0\1\0332\377", 5);

	CHECK_STR("7 write(1, \"01234567890123456789012345678901\"..., 40) = 40",
		  call(SYS_write, ARGS(1, buf, 40), 40));
	CHECK_STR("7 write(1, \"\\0\\1\\0332\\377\", 5) = 5", call(SYS_write, ARGS(1, bin, 5), 5));
	CHECK_STR("7 read(0, \"012\", 40) = 3", call(SYS_read, ARGS(0, buf, 40), 3));
	CHECK_STR("7 read(0, \"\", 40) = 0", call(SYS_read, ARGS(0, buf, 40), 0));
	CHECK_STR("7 read(0, 0x10010, 40) = -1 EBADF (Bad file descriptor)",
		  call(SYS_read, ARGS(0, BASE + 16, 40), -EBADF));
	CHECK_STR("7 write(1, 0x99, 3) = -1 EFAULT (Bad address)",
		  call(SYS_write, ARGS(1, 0x99, 3), -EFAULT));
}

TEST(strace_out_arguments_come_after_the_call)
{
	struct strace_line l;
	struct timespec ts = {5, 6};
	u64 args[6] = {CLOCK_MONOTONIC, BASE};

	memset(ram, 0xff, 64);
	strace_enter(&l, 7, SYS_clock_gettime, args, &mem);
	CHECK_EQ(0, strncmp(l.text, "7 clock_gettime(CLOCK_MONOTONIC", l.len));
	memcpy(ram, &ts, sizeof(ts));
	strace_leave(&l, SYS_clock_gettime, args, 0, &mem);
	l.text[l.len] = '\0';
	CHECK_STR("7 clock_gettime(CLOCK_MONOTONIC, {tv_sec=5, tv_nsec=6}) = 0\n", l.text);
}

TEST(strace_number_behind_pointer_shows_both)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(80)};
	struct strace_line l;
	u64 args[6] = {3, 0, 0};

	inet_pton(AF_INET, "10.1.2.3", &in.sin_addr);
	args[1] = PUT(in);
	args[2] = PUT((int){128});
	strace_enter(&l, 7, SYS_accept, args, &mem);
	memcpy(ram + (args[2] - BASE), &(int){16}, 4);
	strace_leave(&l, SYS_accept, args, 4, &mem);
	l.text[l.len] = '\0';
	CHECK_STR("7 accept(3, {sa_family=AF_INET, sin_port=htons(80), "
		  "sin_addr=inet_addr(\"10.1.2.3\")}, [128 => 16]) = 4\n",
		  l.text);
	CHECK_STR("7 accept(3, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)",
		  call(SYS_accept, ARGS(3, 0, 0), -EAGAIN));
}

TEST(strace_socket_addresses)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/run/x"};
	struct sockaddr_un abstract = {.sun_family = AF_UNIX, .sun_path = "\0abc"};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(443)};

	in6.sin6_addr.s6_addr[15] = 1;
	CHECK_STR("7 connect(3, {sa_family=AF_UNIX, sun_path=\"/run/x\"}, 110) = 0",
		  call(SYS_connect, ARGS(3, PUT(un), sizeof(un)), 0));
	CHECK_STR("7 bind(3, {sa_family=AF_UNIX, sun_path=@\"abc\"}, 6) = 0",
		  call(SYS_bind, ARGS(3, PUT(abstract), 6), 0));
	CHECK_STR("7 connect(3, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), "
		  "sin6_addr=\"::1\", sin6_scope_id=0}, 28) = 0",
		  call(SYS_connect, ARGS(3, PUT(in6), sizeof(in6)), 0));
	CHECK_STR("7 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 6) = 3",
		  call(SYS_socket, ARGS(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 6), 3));
}

TEST(strace_memory_calls)
{
	CHECK_STR(
		"7 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = "
		"0x7f0000000000",
		call(SYS_mmap,
		     ARGS(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, (u64)-1, 0),
		     0x7f0000000000));
	CHECK_STR("7 mprotect(0x1000, 4096, PROT_NONE) = 0",
		  call(SYS_mprotect, ARGS(0x1000, 4096, 0), 0));
	CHECK_STR("7 brk(NULL) = 0x555555", call(SYS_brk, ARGS(0), 0x555555));
	CHECK_STR("7 madvise(0x1000, 8, MADV_DONTNEED) = 0",
		  call(SYS_madvise, ARGS(0x1000, 8, MADV_DONTNEED), 0));
}

TEST(strace_signals)
{
	u64 set = 1ull << (SIGINT - 1) | 1ull << (SIGCHLD - 1), all = ~set;
	u64 act[4] = {0x401000, SA_RESTART | 0x04000000, 0x402000, 1ull << (SIGUSR1 - 1)};
	u64 dfl[4] = {0};

	CHECK_STR("7 rt_sigprocmask(SIG_BLOCK, [INT CHLD], NULL, 8) = 0",
		  call(SYS_rt_sigprocmask, ARGS(SIG_BLOCK, PUT(set), 0, 8), 0));
	CHECK_STR("7 rt_sigprocmask(SIG_SETMASK, NULL, ~[INT CHLD], 8) = 0",
		  call(SYS_rt_sigprocmask, ARGS(SIG_SETMASK, 0, PUT(all), 8), 0));
	CHECK_STR("7 rt_sigaction(SIGTERM, {sa_handler=0x401000, sa_mask=[USR1], "
		  "sa_flags=SA_RESTORER|SA_RESTART, sa_restorer=0x402000}, {sa_handler=SIG_DFL, "
		  "sa_mask=[], sa_flags=0}, 8) = 0",
		  call(SYS_rt_sigaction, ARGS(SIGTERM, PUT(act), PUT(dfl), 8), 0));
	CHECK_STR("7 kill(-1, SIGRT_2) = -1 ESRCH (No such process)",
		  call(SYS_kill, ARGS((u64)-1, 34), -ESRCH));
}

TEST(strace_processes)
{
	struct rusage ru = {.ru_utime = {1, 2}, .ru_stime = {3, 4}};
	int exited = 3 << 8, killed = SIGSEGV | 0x80;

	CHECK_STR("7 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], WNOHANG, "
		  "{ru_utime={tv_sec=1, "
		  "tv_usec=2}, ru_stime={tv_sec=3, tv_usec=4}, ...}) = 12",
		  call(SYS_wait4, ARGS((u64)-1, PUT(exited), WNOHANG, PUT(ru)), 12));
	CHECK_STR("7 wait4(12, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}], 0, "
		  "NULL) "
		  "= 12",
		  call(SYS_wait4, ARGS(12, PUT(killed), 0, 0), 12));
	CHECK_STR("7 wait4(12, 0x10000, WNOHANG, NULL) = 0",
		  call(SYS_wait4, ARGS(12, BASE, WNOHANG, 0), 0));
	CHECK_STR("7 clone(CLONE_VM|CLONE_VFORK|SIGCHLD, NULL, NULL, NULL, 0) = 9",
		  call(SYS_clone, ARGS(CLONE_VM | CLONE_VFORK | SIGCHLD), 9));
}

TEST(strace_execve_vectors)
{
	u64 argv[3] = {put_str("ls"), put_str("-l"), 0}, envp[2] = {put_str("A=b"), 0};
	u64 path = put_str("/bin/ls"), at_argv = PUT(argv), at_envp = PUT(envp);
	char want[200];

	snprintf(want, sizeof(want),
		 "7 execve(\"/bin/ls\", [\"ls\", \"-l\"], %#llx /* 1 vars */) = 0",
		 (unsigned long long)at_envp);
	CHECK_STR(want, call(SYS_execve, ARGS(path, at_argv, at_envp), 0));
}

TEST(strace_readiness)
{
	struct pollfd fds[2] = {{3, POLLIN, POLLIN}, {4, POLLOUT, 0}};
	struct epoll_event ev = {.events = EPOLLIN | EPOLLET, .data.u64 = 5};
	u64 set[16] = {1ull << 3 | 1ull << 5};
	struct timeval tv = {1, 0};

	CHECK_STR("7 poll([{fd=3, events=POLLIN, revents=POLLIN}, {fd=4, events=POLLOUT}], 2, -1) "
		  "= 1 "
		  "(fds [{fd=3, events=POLLIN, revents=POLLIN}, {fd=4, events=POLLOUT}])",
		  call(SYS_poll, ARGS(PUT(fds), 2, (u64)-1), 1));
	CHECK_STR("7 epoll_wait(3, [{events=EPOLLIN|EPOLLET, data={u32=5, u64=0x5}}], 8, 100) = 1",
		  call(SYS_epoll_wait, ARGS(3, PUT(ev), 8, 100), 1));
	CHECK_STR("7 epoll_ctl(3, EPOLL_CTL_DEL, 4, NULL) = 0",
		  call(SYS_epoll_ctl, ARGS(3, EPOLL_CTL_DEL, 4, 0), 0));
	CHECK_STR("7 select(6, [3 5], NULL, NULL, {tv_sec=1, tv_usec=0}) = 2 (inp [3 5])",
		  call(SYS_select, ARGS(6, PUT(set), 0, 0, PUT(tv)), 2));
}

TEST(strace_vectors)
{
	struct iovec iov[2] = {{NULL, 3}, {NULL, 5}};
	struct msghdr h = {.msg_iovlen = 1};

	iov[0].iov_base = (void *)put("abc", 3);
	iov[1].iov_base = (void *)put("defgh", 5);
	CHECK_STR("7 writev(1, [{iov_base=\"abc\", iov_len=3}, {iov_base=\"defgh\", iov_len=5}], "
		  "2) = 8",
		  call(SYS_writev, ARGS(1, PUT(iov), 2), 8));
	CHECK_STR("7 readv(1, [{iov_base=\"abc\", iov_len=3}, {iov_base=\"d\", iov_len=5}], 2) = 4",
		  call(SYS_readv, ARGS(1, PUT(iov), 2), 4));
	h.msg_iov = (void *)PUT(iov);
	CHECK_STR("7 sendmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"abc\", "
		  "iov_len=3}], "
		  "msg_iovlen=1, msg_controllen=0, msg_flags=0}, MSG_NOSIGNAL) = 3",
		  call(SYS_sendmsg, ARGS(3, PUT(h), MSG_NOSIGNAL), 3));
}

TEST(strace_files_and_limits)
{
	struct stat st = {.st_mode = S_IFREG | 0644, .st_size = 12};
	struct rlimit r = {8192 * 1024, RLIM_INFINITY};

	CHECK_STR("7 fstat(3, {st_mode=S_IFREG|0644, st_size=12, ...}) = 0",
		  call(SYS_fstat, ARGS(3, PUT(st)), 0));
	CHECK_STR("7 prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=8192*1024, "
		  "rlim_max=RLIM64_INFINITY}) "
		  "= 0",
		  call(SYS_prlimit64, ARGS(0, RLIMIT_STACK, 0, PUT(r)), 0));
	CHECK_STR("7 access(\"x\", R_OK|W_OK) = 0",
		  call(SYS_access, ARGS(put_str("x"), R_OK | W_OK), 0));
	CHECK_STR("7 access(\"x\", F_OK) = 0", call(SYS_access, ARGS(put_str("x"), F_OK), 0));
	CHECK_STR("7 lseek(3, -5, SEEK_END) = 7", call(SYS_lseek, ARGS(3, (u64)-5, SEEK_END), 7));
	CHECK_STR("7 getcwd(\"/tmp\", 100) = 5", call(SYS_getcwd, ARGS(put_str("/tmp"), 100), 5));
	CHECK_STR("7 pipe2([3, 4], O_CLOEXEC) = 0",
		  call(SYS_pipe2, ARGS(PUT(((int[2]){3, 4})), O_CLOEXEC), 0));
}

TEST(strace_arguments_that_mean_nothing_are_left_out)
{
	CHECK_STR("7 fcntl(3, F_GETFL) = 2", call(SYS_fcntl, ARGS(3, F_GETFL, 0x77), 2));
	CHECK_STR("7 fcntl(3, F_SETFD, FD_CLOEXEC) = 0",
		  call(SYS_fcntl, ARGS(3, F_SETFD, FD_CLOEXEC), 0));
	CHECK_STR("7 fcntl(3, F_SETFL, O_RDONLY|O_NONBLOCK) = 0",
		  call(SYS_fcntl, ARGS(3, F_SETFL, O_NONBLOCK), 0));
	CHECK_STR("7 futex(0x1000, FUTEX_WAKE_PRIVATE, 1) = 0",
		  call(SYS_futex, ARGS(0x1000, FUTEX_WAKE_PRIVATE, 1, 0x5, 0x6, 0x7), 0));
}

TEST(strace_interrupted_calls)
{
	struct timespec ts = {1, 0}, left = {0, 5};

	CHECK_STR("7 pause() = ? ERESTARTNOHAND (To be restarted if no handler)",
		  call(SYS_pause, ARGS(0), -ERESTARTNOHAND));
	CHECK_STR("7 nanosleep({tv_sec=1, tv_nsec=0}, {tv_sec=0, tv_nsec=5}) = ? "
		  "ERESTART_RESTARTBLOCK "
		  "(Interrupted by signal)",
		  call(SYS_nanosleep, ARGS(PUT(ts), PUT(left)), -ERESTART_RESTARTBLOCK));
	CHECK_STR("7 nanosleep({tv_sec=1, tv_nsec=0}, 0x10000) = 0",
		  call(SYS_nanosleep, ARGS(PUT(ts), BASE), 0));
}

TEST(strace_call_that_does_not_return)
{
	struct strace_line l;

	strace_enter(&l, 7, SYS_exit_group, ARGS(1), &mem);
	strace_noreturn(&l);
	l.text[l.len] = '\0';
	CHECK_STR("7 exit_group(1) = ?\n", l.text);
}

TEST(strace_signal_and_exit_lines)
{
	siginfo_t info = {.si_signo = SIGCHLD, .si_code = CLD_EXITED};
	struct strace_line l;

	info.si_pid = 5;
	strace_signal(&l, 7, &info);
	l.text[l.len] = '\0';
	CHECK_STR("7 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=5, si_uid=0, "
		  "si_status=0} ---\n",
		  l.text);
	strace_exit(&l, 7, SIGKILL);
	l.text[l.len] = '\0';
	CHECK_STR("7 +++ killed by SIGKILL +++\n", l.text);
	strace_exit(&l, 7, 3 << 8);
	l.text[l.len] = '\0';
	CHECK_STR("7 +++ exited with 3 +++\n", l.text);
}

TEST(strace_unknown_number)
{
	CHECK_STR("7 syscall_0x1388(0x1, 0x2, 0x3, 0x4, 0x5, 0x6) = -1 ENOSYS (Function not "
		  "implemented)",
		  call(5000, ARGS(1, 2, 3, 4, 5, 6), -ENOSYS));
}

TEST(strace_long_line_keeps_its_end)
{
	char name[5000];
	const char *text;

	memset(name, 'x', sizeof(name));
	name[4999] = '\0';
	text = call(SYS_rename, ARGS(put_str(name), put_str("y")), -ENAMETOOLONG);
	CHECK(strlen(text) < STRACE_LINE);
	CHECK(strstr(text, "...) = -1 ENAMETOOLONG (File name too long)"));
}

/* Whatever a guest passes, a line comes out that ends and fits. */
TEST(strace_survives_hostile_arguments)
{
	static const u64 hostile[] = {0,          1,          BASE,       BASE + 8190,
				      UINT64_MAX, 1ull << 63, 0x7fffffff, 64};
	static const long rets[] = {0, 5, -EFAULT, -ERESTARTSYS, LONG_MAX, LONG_MIN + 1, -5000};
	struct strace_line l;
	u32 rnd = 1;

	for (u64 nr = 0; nr < nr_syscalls + 2; nr++) {
		for (int round = 0; round < 300; round++) {
			u64 args[6];
			long ret;

			for (int i = 0; i < 6; i++) {
				rnd = rnd * 1103515245 + 12345;
				args[i] = hostile[(rnd >> 16) % ARRAY_SIZE(hostile)];
			}
			ram[(rnd >> 8) % sizeof(ram)] = (unsigned char)rnd;
			ret = rets[(rnd >> 16) % ARRAY_SIZE(rets)];
			strace_enter(&l, 1, nr, args, &mem);
			strace_leave(&l, nr, args, ret, &mem);
			REQUIRE(l.len < STRACE_LINE && l.text[l.len - 1] == '\n');
		}
	}
}

TEST(strace_filter_names_classes_and_not)
{
	struct strace_filter f;

	CHECK_EQ(0, strace_filter_parse(NULL, &f));
	CHECK(strace_wanted(&f, SYS_read) && strace_wanted(&f, 9999));
	CHECK_EQ(0, strace_filter_parse("open,openat", &f));
	CHECK(strace_wanted(&f, SYS_openat) && !strace_wanted(&f, SYS_read));
	CHECK(!strace_wanted(&f, 9999));
	CHECK_EQ(0, strace_filter_parse("%file,network", &f));
	CHECK(strace_wanted(&f, SYS_openat) && strace_wanted(&f, SYS_connect));
	CHECK(!strace_wanted(&f, SYS_read));
	CHECK_EQ(0, strace_filter_parse("!desc", &f));
	CHECK(!strace_wanted(&f, SYS_read) && strace_wanted(&f, SYS_getpid));
	CHECK_EQ(0, strace_filter_parse("time", &f));
	CHECK(strace_wanted(&f, SYS_time) && !strace_wanted(&f, SYS_clock_gettime));
	CHECK_EQ(-EINVAL, strace_filter_parse("open,nosuch", &f));
	CHECK_EQ(-EINVAL, strace_filter_parse("", &f));
	CHECK_EQ(-EINVAL, strace_filter_parse("open,", &f));
}

TEST(syscall_table_lookup)
{
	CHECK(!syscall_lookup(400));
	CHECK(!syscall_lookup(UINT64_MAX));
	CHECK_STR("read", syscall_lookup(SYS_read)->name);
	CHECK_STR("file_setattr", syscall_lookup(469)->name);
	CHECK(nr_syscalls <= STRACE_NR_CALLS);
}
