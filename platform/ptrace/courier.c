/*
 * Descriptors on their way into a guest process, to be mapped there.
 *
 * A guest process has none at rest.  When a file is to be mapped, its stub makes
 * a socket, connects it to the sentry's, which is in the guests' network
 * namespace, and takes what the sentry sends.  Socket and descriptors are closed
 * before the guest runs again.
 *
 *	stub        socket = 0, connect             recvmsg = 1, 2...
 *	sentry                           accept, send, close
 *
 * Where the host gives no network namespace, somebody else may connect to that
 * socket: the peer's pid must be the guest's.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "lib/log.h"
#include "platform/host_op.h"
#include "platform/ptrace/ptrace.h"

/* How many strangers in a row are turned away before a guest is told that it failed. */
#define STRANGERS_MAX 64

/* What recvmsg is given, at PT_DATA. */
struct parcel {
	struct msghdr msg;
	struct iovec iov;
	u8 byte;
	_Alignas(8) u8 control[CMSG_SPACE(PT_COURIER_MAX * sizeof(int))];
};

_Static_assert(sizeof(struct parcel) <= PT_DATA_SIZE, "it fits");

/* The host's answer to a call that must give @want. */
static int expect(int err, long host, long want)
{
	if (err || host == want)
		return err;
	return is_host_error(host) ? (int)host : -EIO;
}

static int connect_stub(struct vcpu *v)
{
	long host;
	int err = PT_CALL(v, &host, SYS_socket, AF_UNIX,
			  SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	err = expect(err, host, 0);
	if (err)
		return err;
	err = PT_CALL(v, &host, SYS_connect, 0, STUB_BASE + PT_STUB_ADDRESS,
		      sizeof(struct sockaddr_un));
	return expect(err, host, 0);
}

static int accept_stub(struct vcpu *v, hostfd_t *ret)
{
	for (unsigned i = 0; i < STRANGERS_MAX; i++) {
		cleanup_hostfd hostfd_t fd = HOSTFD_NONE;
		struct ucred peer;
		int err = host_accept(pt.listener, SOCK_NONBLOCK, &fd);

		if (!err)
			err = host_peer(fd, &peer);
		if (err)
			return err;
		if (peer.pid == v->as->pid) {
			*ret = steal_hostfd(&fd);
			return 0;
		}
		log_warn("process %d asks for a guest's files and is turned away", peer.pid);
	}
	return -EAGAIN;
}

static int send_parcel(hostfd_t to, const hostfd_t *fds, unsigned nr)
{
	_Alignas(8) u8 control[CMSG_SPACE(PT_COURIER_MAX * sizeof(int))] = {0};
	char byte = 0;
	struct iovec iov = {.iov_base = &byte, .iov_len = 1};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = CMSG_SPACE(nr * sizeof(int)),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	ssize_t n;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(nr * sizeof(int));
	for (unsigned i = 0; i < nr; i++)
		memcpy(CMSG_DATA(c) + i * sizeof(int), &fds[i].n, sizeof(int));
	n = host_sendmsg(to, &msg, 0);
	return n < 0 ? (int)n : 0;
}

/* Other threads of the guest may spoil the parcel: then there is nothing, or too little, to map. */
static int receive_parcel(struct vcpu *v)
{
	struct parcel p = {
		.msg.msg_iov = (void *)(PT_DATA + offsetof(struct parcel, iov)),
		.msg.msg_iovlen = 1,
		.msg.msg_control = (void *)(PT_DATA + offsetof(struct parcel, control)),
		.msg.msg_controllen = sizeof(p.control),
		.iov.iov_base = (void *)(PT_DATA + offsetof(struct parcel, byte)),
		.iov.iov_len = 1,
	};
	long host;
	int err = pt_mem_write(v, PT_DATA, &p, offsetof(struct parcel, control));

	if (err)
		return err;
	err = PT_CALL(v, &host, SYS_recvmsg, 0, PT_DATA, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	return expect(err, host, 1);
}

int pt_courier_bring(struct vcpu *v, const hostfd_t *fds, unsigned nr)
{
	cleanup_hostfd hostfd_t peer = HOSTFD_NONE;
	int err = connect_stub(v), left;

	if (!err)
		err = accept_stub(v, &peer);
	if (!err)
		err = send_parcel(peer, fds, nr);
	if (!err)
		err = receive_parcel(v);
	if (!err || err == -ESRCH)
		return err;
	left = pt_courier_leave(v, nr);
	return left ? left : err;
}

int pt_courier_leave(struct vcpu *v, unsigned nr)
{
	for (unsigned fd = 0; fd <= nr; fd++) {
		long host;
		int err = PT_CALL(v, &host, SYS_close, fd);

		if (err)
			return err;
	}
	return 0;
}
