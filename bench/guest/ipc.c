/* Pipes and sockets: within one process, and between two. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "b.h"

#define MIB (1u << 20)

static char buf[MIB];

static uint64_t op_pipe(uint64_t n)
{
	static int fd[2] = {-1, -1};
	uint64_t start;

	if (fd[0] < 0)
		must(!pipe(fd));
	start = now_ns();
	while (n--)
		must(write(fd[1], buf, 512) == 512 && read(fd[0], buf, 512) == 512);
	return now_ns() - start;
}

static uint64_t op_socketpair(uint64_t n)
{
	static int fd[2] = {-1, -1};
	uint64_t start;

	if (fd[0] < 0)
		must(!socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	start = now_ns();
	while (n--)
		must(write(fd[1], buf, 64) == 64 && read(fd[0], buf, 64) == 64);
	return now_ns() - start;
}

/* A byte there and back, @n times, with a child that echoes until the end. */
static uint64_t ping_pong(uint64_t n, int ours_in, int ours_out, int theirs_in, int theirs_out)
{
	pid_t pid = fork();
	uint64_t start;
	char c = 'x';

	must(pid >= 0);
	if (pid == 0) {
		close(ours_in);
		if (ours_out != ours_in)
			close(ours_out);
		while (read(theirs_in, &c, 1) == 1)
			must(write(theirs_out, &c, 1) == 1);
		_exit(0);
	}
	close(theirs_in);
	if (theirs_out != theirs_in)
		close(theirs_out);
	/* The first trip waits for the child to come up. */
	must(write(ours_out, &c, 1) == 1 && read(ours_in, &c, 1) == 1);
	start = now_ns();
	while (n--)
		must(write(ours_out, &c, 1) == 1 && read(ours_in, &c, 1) == 1);
	start = now_ns() - start;
	close(ours_in);
	if (ours_out != ours_in)
		close(ours_out);
	must(waitpid(pid, NULL, 0) == pid);
	return start;
}

static uint64_t op_pipe_pingpong(uint64_t n)
{
	int there[2], back[2];

	must(!pipe(there) && !pipe(back));
	return ping_pong(n, back[0], there[1], there[0], back[1]);
}

static uint64_t op_unix_pingpong(uint64_t n)
{
	int fd[2];

	must(!socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	return ping_pong(n, fd[0], fd[0], fd[1], fd[1]);
}

/* Two ends of a connection over the loopback. */
static void tcp_pair(int fd[2])
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int l = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	must(l >= 0 && !bind(l, (struct sockaddr *)&a, len) && !listen(l, 1));
	must(!getsockname(l, (struct sockaddr *)&a, &len));
	fd[0] = socket(AF_INET, SOCK_STREAM, 0);
	must(fd[0] >= 0 && !connect(fd[0], (struct sockaddr *)&a, len));
	fd[1] = accept(l, NULL, NULL);
	must(fd[1] >= 0);
	for (int i = 0; i < 2; i++)
		must(!setsockopt(fd[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)));
	close(l);
}

static uint64_t op_tcp_pingpong(uint64_t n)
{
	int fd[2];

	tcp_pair(fd);
	return ping_pong(n, fd[0], fd[0], fd[1], fd[1]);
}

/* A child takes in @n megabytes. */
static uint64_t stream(uint64_t n, int in, int out)
{
	uint64_t left = n * MIB, start;
	pid_t pid = fork();

	must(pid >= 0);
	if (pid == 0) {
		uint64_t got = 0;

		close(out);
		while (got < left) {
			ssize_t r = read(in, buf, MIB);

			must(r > 0);
			got += (uint64_t)r;
		}
		_exit(0);
	}
	close(in);
	start = now_ns();
	while (left) {
		ssize_t w = write(out, buf, MIB);

		must(w > 0);
		left -= (uint64_t)w;
	}
	must(waitpid(pid, NULL, 0) == pid);
	start = now_ns() - start;
	close(out);
	return start;
}

static uint64_t op_pipe_1m(uint64_t n)
{
	int fd[2];

	must(!pipe(fd));
	return stream(n, fd[0], fd[1]);
}

static uint64_t op_tcp_1m(uint64_t n)
{
	int fd[2];

	tcp_pair(fd);
	return stream(n, fd[0], fd[1]);
}

static const struct op ops[] = {
	{"pipe", op_pipe},
	{"socketpair-64", op_socketpair},
	{"pipe-pingpong", op_pipe_pingpong},
	{"unix-pingpong", op_unix_pingpong},
	{"tcp-pingpong", op_tcp_pingpong},
	{"pipe-1m", op_pipe_1m},
	{"tcp-1m", op_tcp_1m},
};

BENCH_MAIN(ops)
