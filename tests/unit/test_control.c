/* lib/control.c: packets of a sender that means no good */
#include "lib/control.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/harness.h"

static int nr_open(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* @size bytes of @data with @nr descriptors, as no sound sender makes them. */
static void send_raw(int sock, const void *data, size_t size, size_t nr)
{
	union {
		struct cmsghdr hdr;
		char room[CMSG_SPACE(16 * sizeof(int))];
	} control = {0};
	struct iovec iov = {(void *)(uintptr_t)data, size};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (nr) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(nr * sizeof(int));
		control.hdr = (struct cmsghdr){CMSG_LEN(nr * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
		for (size_t i = 0; i < nr; i++)
			memcpy(CMSG_DATA(&control.hdr) + i * sizeof(int), &sock, sizeof(int));
	}
	CHECK_EQ((ssize_t)size, sendmsg(sock, &msg, 0));
}

TEST(control_refuses_what_is_no_packet)
{
	struct control_msg m, full = {.type = CONTROL_PS};
	char large[sizeof(full) + 1] = {0};
	int s[2], fds[CONTROL_FDS_MAX], before;

	CHECK_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s));
	before = nr_open();
	memset(full.text, 'x', sizeof(full.text));
	send_raw(s[0], &full, sizeof(full), 2);
	CHECK_EQ(-EPROTO, control_recv_fds(s[1], &m, fds));
	send_raw(s[0], large, sizeof(large), 2);
	CHECK_EQ(-EPROTO, control_recv_fds(s[1], &m, fds));
	send_raw(s[0], large, 8, 2);
	CHECK_EQ(-EPROTO, control_recv_fds(s[1], &m, fds));
	send_raw(s[0], large, 9, CONTROL_FDS_MAX + 1);
	CHECK_EQ(-EPROTO, control_recv_fds(s[1], &m, fds));
	send_raw(s[0], large, 0, 3);
	CHECK_EQ(0, control_recv_fds(s[1], &m, fds));
	for (int i = 0; i < CONTROL_FDS_MAX; i++)
		CHECK_EQ(-1, fds[i]);
	send_raw(s[0], large, 9, 4);
	CHECK_EQ(1, control_recv(s[1], &m));
	CHECK_EQ(before, nr_open());
	CHECK_EQ(-EAGAIN, control_recv(s[1], &m));
	close(s[0]);
	close(s[1]);
}

TEST(control_send_never_sleeps)
{
	int s[2], err = 0;

	CHECK_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s));
	for (int i = 0; i < 100000 && !err; i++)
		err = control_send(s[0], CONTROL_SIGNAL, 1, NULL);
	CHECK_EQ(-EAGAIN, err);
	close(s[0]);
	close(s[1]);
	CHECK_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s));
	close(s[1]);
	CHECK_EQ(-EPIPE, control_send(s[0], CONTROL_SIGNAL, 1, NULL));
	close(s[0]);
}

TEST(control_cuts_long_texts)
{
	struct control_msg m;
	char text[2 * CONTROL_TEXT_MAX];
	int s[2];

	CHECK_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s));
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	CHECK_EQ(0, control_send(s[0], CONTROL_FAILED, 125, text));
	CHECK_EQ(1, control_recv(s[1], &m));
	CHECK_EQ(CONTROL_TEXT_MAX - 1, strlen(m.text));
	close(s[0]);
	close(s[1]);
}
