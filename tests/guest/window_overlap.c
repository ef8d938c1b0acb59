/*
 * A call that writes where it reads, or writes twice to one place, leaves there
 * what Linux leaves; and it goes on after a call from the same place that slept.
 */
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>

#include "t.h"

#define TIMES 5

static void readv_same_place(const int p[2])
{
	char buf[16] = "...............";
	struct iovec v[3] = {{buf, 4}, {buf + 2, 4}, {buf + 1, 2}};

	T_EQ(write(p[1], "abcdefghij", 10), 10);
	T_EQ(readv(p[0], v, 3), 10);
	T_MEM(buf, "aijfgh....", 10);
}

/* The vector itself is read over: it counts as it was. */
static void readv_over_vector(const int p[2])
{
	struct iovec v[2];
	char buf[8] = "";

	v[0] = (struct iovec){v, 16};
	v[1] = (struct iovec){buf, 4};
	T_EQ(write(p[1], "0123456789abcdefWXYZ", 20), 20);
	T_EQ(readv(p[0], v, 2), 20);
	T_MEM(v, "0123456789abcdef", 16);
	T_MEM(buf, "WXYZ", 4);
}

static void signal_masks(void)
{
	uint64_t set = 1u << (SIGUSR1 - 1), want;

	T_OK(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, &set, 8));
	T_EQ(set, 0);
	T_OK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &want, 8));
	T_EQ(want, 1u << (SIGUSR1 - 1));
	T_OK(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, &set, 8));
	T_EQ(set, 1u << (SIGUSR1 - 1));
	T_OK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &want, 8));
	T_EQ(want, 0);
}

static void select_one_set(const int p[2])
{
	fd_set set;
	struct timeval tv = {0, 0};

	FD_ZERO(&set);
	FD_SET(p[0], &set);
	FD_SET(p[1], &set);
	/* Readable, then writable, into the same place: the last one stands. */
	T_EQ(syscall(SYS_select, p[1] + 1, &set, &set, NULL, &tv), 1);
	T_TRUE(FD_ISSET(p[1], &set));
	T_TRUE(!FD_ISSET(p[0], &set));
}

static void poll_again(const int p[2])
{
	struct pollfd fds[2] = {{.fd = p[0], .events = POLLIN}, {.fd = p[1], .events = POLLOUT}};

	T_EQ(poll(fds, 2, 0), 1);
	T_EQ(fds[0].revents, 0);
	T_EQ(fds[1].revents, POLLOUT);
	T_EQ(write(p[1], "x", 1), 1);
	T_EQ(poll(fds, 2, -1), 2);
	T_EQ(fds[0].revents, POLLIN);
	T_EQ(read(p[0], fds, 1), 1);
	T_EQ(*(char *)fds, 'x');
}

static void addresses(const int s[2])
{
	socklen_t len = 0;
	struct sockaddr addr = {.sa_family = 77};

	T_OK(getsockname(s[0], &addr, &len));
	T_EQ(addr.sa_family, 77);
	T_EQ(len, 2);
}

static void message_over_itself(const int s[2])
{
	struct {
		struct msghdr m;
		struct iovec v;
	} x;
	char buf[4];

	memset(&x, 0, sizeof(x));
	x.v = (struct iovec){buf, 4};
	x.m.msg_iov = &x.v;
	x.m.msg_iovlen = 1;
	T_EQ(send(s[0], "name", 4, 0), 4);
	T_EQ(recvmsg(s[1], &x.m, 0), 4);
	T_MEM(buf, "name", 4);
	x.v = (struct iovec){&x.v, 4};
	T_EQ(send(s[0], "four", 4, 0), 4);
	T_EQ(recvmsg(s[1], &x.m, 0), 4);
	T_MEM(&x.v, "four", 4);
}

static void sleep_interrupted(void)
{
	struct timespec t = {0, 1};

	T_OK(nanosleep(&t, &t));
	T_EQ(t.tv_nsec, 1);
}

int main(void)
{
	int p[2], s[2];

	T_OK(pipe(p));
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	for (int i = 0; i < TIMES; i++) {
		readv_same_place(p);
		readv_over_vector(p);
		signal_masks();
		select_one_set(p);
		poll_again(p);
		addresses(s);
		message_over_itself(s);
		sleep_interrupted();
	}
	return 0;
}
