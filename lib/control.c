/* Packets of the control socket (control.h). */
#include "lib/control.h"

#include <sys/socket.h>
#include <unistd.h>

int control_send_fds(int sock, enum control_type type, s32 value, const char *text, const int *fds,
		     size_t nr)
{
	union {
		struct cmsghdr hdr;
		char room[CMSG_SPACE(CONTROL_FDS_MAX * sizeof(int))];
	} control = {0};
	struct control_msg m = {.type = type, .value = value};
	struct iovec iov = {.iov_base = &m};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (nr > CONTROL_FDS_MAX)
		return -EINVAL;
	if (text)
		snprintf(m.text, sizeof(m.text), "%s", text);
	iov.iov_len = offsetof(struct control_msg, text) + strlen(m.text) + 1;
	if (nr) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(nr * sizeof(int));
		control.hdr.cmsg_level = SOL_SOCKET;
		control.hdr.cmsg_type = SCM_RIGHTS;
		control.hdr.cmsg_len = CMSG_LEN(nr * sizeof(int));
		memcpy(CMSG_DATA(&control.hdr), fds, nr * sizeof(int));
	}
	while (sendmsg(sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int control_send(int sock, enum control_type type, s32 value, const char *text)
{
	return control_send_fds(sock, type, value, text, NULL, 0);
}

/* The descriptors of one packet; too many cannot come: there was no room for them. */
static void take_fds(struct msghdr *msg, int fds[CONTROL_FDS_MAX])
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			memcpy(fds, CMSG_DATA(c),
			       min(c->cmsg_len - CMSG_LEN(0), CONTROL_FDS_MAX * sizeof(int)));
}

/* Descriptors that nobody asked for. */
static void close_fds(int fds[CONTROL_FDS_MAX])
{
	for (int i = 0; i < CONTROL_FDS_MAX; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

/* Nothing of it was cut off, and its text ends inside. */
static bool is_whole(const struct msghdr *msg, const struct control_msg *m, size_t size)
{
	return !(msg->msg_flags & (MSG_TRUNC | MSG_CTRUNC)) &&
	       size > offsetof(struct control_msg, text) && ((const char *)m)[size - 1] == '\0';
}

int control_recv_fds(int sock, struct control_msg *ret, int fds[CONTROL_FDS_MAX])
{
	char room[CMSG_SPACE(CONTROL_FDS_MAX * sizeof(int))] __attribute__((aligned(8)));
	struct iovec iov = {ret, sizeof(*ret)};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = room,
			     .msg_controllen = sizeof(room)};
	ssize_t n;

	for (int i = 0; i < CONTROL_FDS_MAX; i++)
		fds[i] = -1;
	do
		n = recvmsg(sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? 0 : -errno;
	take_fds(&msg, fds);
	if (n > 0 && is_whole(&msg, ret, (size_t)n))
		return 1;
	close_fds(fds);
	return n ? -EPROTO : 0;
}

int control_recv(int sock, struct control_msg *ret)
{
	int fds[CONTROL_FDS_MAX];
	int n = control_recv_fds(sock, ret, fds);

	close_fds(fds);
	return n;
}
