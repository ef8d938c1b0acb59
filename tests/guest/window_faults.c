/*
 * Bad pointers fail with EFAULT in every position, again and again from the
 * same place: also once the call's bytes travel in some faster way.
 */
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/utsname.h>

#include "t.h"

#define TIMES 5

static char *rw, *none, *ro; /* a page each, one behind the other */
static int null_fd, zero_fd, file_fd, pipe_fds[2], sock[2], epoll_fd;

static void set_up(void)
{
	rw = T_OK(mmap(NULL, 12288, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	none = rw + 4096;
	ro = rw + 8192;
	memset(rw, 'x', 4096);
	T_OK(mprotect(none, 4096, PROT_NONE));
	T_OK(mprotect(ro, 4096, PROT_READ));
	null_fd = T_OK(open("/dev/null", O_RDWR));
	zero_fd = T_OK(open("/dev/zero", O_RDWR));
	file_fd = T_OK(open("file", O_RDWR | O_CREAT, 0644));
	T_OK(ftruncate(file_fd, 100));
	T_OK(pipe(pipe_fds));
	T_EQ(write(pipe_fds[1], "0123456789", 10), 10);
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sock));
	epoll_fd = T_OK(epoll_create1(0));
}

static long raw(long nr, long a, long b, long c, long d, long e, long f)
{
	return syscall(nr, a, b, c, d, e, f);
}

#define RAW(nr, a, b, c, d, e, f) \
	raw(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* Of these a part is enough to go on with. */
static void buffers_read(char *bad)
{
	struct iovec in_bad = {bad, 8}, vec[2] = {{rw, 0}, {bad, 8}};
	struct msghdr msg = {.msg_iov = vec, .msg_iovlen = 2};

	T_ERR(RAW(SYS_write, file_fd, bad, 8, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_write, pipe_fds[1], bad, 8, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_pwrite64, file_fd, bad, 8, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_writev, file_fd, &in_bad, 1, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_writev, file_fd, vec, 2, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_sendto, sock[0], bad, 8, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_sendmsg, sock[0], &msg, 0, 0, 0, 0), EFAULT);
}

static void buffers_written(char *bad)
{
	struct iovec vec[2] = {{rw, 0}, {bad, 8}};

	T_ERR(RAW(SYS_read, zero_fd, bad, 8, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_read, pipe_fds[0], bad, 8, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_pread64, file_fd, bad, 8, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_readv, zero_fd, vec, 2, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_getrandom, bad, 8, 0, 0, 0, 0), EFAULT);
}

static void structs_read(char *bad)
{
	T_ERR(RAW(SYS_writev, file_fd, bad, 1, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_readv, zero_fd, bad, 1, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_open, bad, O_RDONLY, 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_rename, "file", bad, 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_rename, bad, "file", 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_stat, bad, rw, 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_symlink, bad, "link", 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_poll, bad, 1, 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_select, 5, bad, 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_select, 0, 0, 0, 0, bad, 0), EFAULT);
	T_ERR(RAW(SYS_nanosleep, bad, 0, 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_rt_sigaction, SIGUSR1, bad, 0, 8, 0, 0), EFAULT);
	T_ERR(RAW(SYS_rt_sigprocmask, SIG_BLOCK, bad, 0, 8, 0, 0), EFAULT);
	T_ERR(RAW(SYS_connect, sock[0], bad, 16, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_bind, sock[0], bad, 16, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_sendmsg, sock[0], bad, 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_recvmsg, sock[0], bad, MSG_DONTWAIT, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_setsockopt, sock[0], SOL_SOCKET, SO_REUSEADDR, bad, 4, 0), EFAULT);
	T_ERR(RAW(SYS_epoll_ctl, epoll_fd, EPOLL_CTL_ADD, sock[0], bad, 0, 0), EFAULT);
	T_ERR(RAW(SYS_utimensat, AT_FDCWD, "file", bad, 0, 0, 0), EFAULT);
}

static void structs_written(char *bad)
{
	T_ERR(RAW(SYS_stat, "file", bad, 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_fstat, file_fd, bad, 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_statfs, ".", bad, 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_uname, bad, 0, 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_getcwd, bad, 4096, 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_pipe2, bad, 0, 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, bad, 0, 0), EFAULT);
	T_ERR(RAW(SYS_clock_gettime, CLOCK_REALTIME, bad, 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_rt_sigprocmask, SIG_BLOCK, 0, bad, 8, 0, 0), EFAULT);
	T_ERR(RAW(SYS_rt_sigaction, SIGUSR1, 0, bad, 8, 0, 0), EFAULT);
	T_ERR(RAW(SYS_getrlimit, 0, bad, 0, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_getresuid, rw, rw + 8, bad, 0, 0, 0), EFAULT);
	T_ERR(RAW(SYS_getsockname, sock[0], rw, bad, 0, 0, 0), EFAULT);
}

/* A descriptor table that has not leaked what a failed pipe2 or socketpair made. */
static void check_descriptors(void)
{
	int fd = T_OK(dup(null_fd));

	T_EQ(fd, epoll_fd + 1);
	T_OK(close(fd));
}

int main(void)
{
	char buf[16];

	set_up();
	for (int i = 0; i < TIMES; i++) {
		buffers_read(none);
		buffers_written(none);
		buffers_written(ro);
		structs_read(none);
		structs_read(none - 3);
		structs_written(none);
		structs_written(none - 3);
		structs_written(ro);
		memset(rw, 'x', 4096);
		check_descriptors();
	}
	/* What could not be read is still there. */
	T_EQ(read(pipe_fds[0], buf, sizeof(buf)), 10);
	T_MEM(buf, "0123456789", 10);
	return 0;
}
