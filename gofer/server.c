/*
 * The server's loop (server.h)
 *
 * Messages are answered in the order in which they come, and what came in one packet
 * in one packet, as long as that has room.  What a message says was checked by the
 * generated decoders; a frame that is no message ends the connection, and with it
 * the gofer.
 */
#include "gofer/server.h"

#include <sched.h>

#include "gofer/core.h"
#include "gofer/internal.h"
#include "lib/alloc.h"
#include "lib/log.h"

int gofer_server_create(struct gofer_table *t, u32 max_handles, struct gofer_server **ret)
{
	struct gofer_server *s = kzalloc(sizeof(*s));
	u32 i;

	if (!s)
		return -ENOMEM;
	s->nodes = kzalloc(sizeof(*s->nodes));
	if (!s->nodes) {
		kfree(s);
		return -ENOMEM;
	}
	/* Handles have 20 bits for the slot, and slot 0 is none. */
	s->max_handles = min(max_handles, (1u << 20) - 2);
	s->nodes[0].fd = -1;
	s->size = 1;
	for (i = 0; i < STREAMS_MAX; i++)
		s->streams[i].fd = -1;
	s->table = *t;
	*t = (struct gofer_table){0};
	*ret = s;
	return 0;
}

void gofer_server_destroy(struct gofer_server *s)
{
	u32 i;

	if (!s)
		return;
	node_drop_all(s);
	while (s->tx_nr_fds)
		gsys_close(s->tx_fds[--s->tx_nr_fds]);
	for (i = 0; i < s->table.nr; i++)
		gsys_close(s->table.mounts[i].fd);
	kfree(s->table.mounts);
	kfree(s->nodes);
	kfree(s);
}

static const struct gofer_op_desc *find_op(u32 op)
{
	return op < gofer_nr_ops && gofer_ops[op].serve ? &gofer_ops[op] : NULL;
}

ssize_t gofer_server_handle(struct gofer_server *s, const void *msg, size_t size, int fd,
			    void *reply, int *ret_fd)
{
	cleanup_gfd int fd_in = fd;
	struct gofer_fds fds = {.in = fd_in, .out = -1};
	const struct gofer_hdr *hdr = msg;
	struct gofer_hdr *out_hdr = reply;
	const struct gofer_op_desc *desc;
	struct wire in, out;
	int err;

	if (size < sizeof(*hdr) || hdr->size != size || hdr->fds != (fd >= 0) ||
	    hdr->core > CPU_SETSIZE)
		return -EPROTO;
	desc = find_op(hdr->op);
	if (!desc || (fd >= 0) != desc->takes_fd)
		return -EPROTO;

	wire_init(&in, (void *)(uintptr_t)msg, size);
	in.off = sizeof(*hdr);
	wire_init(&out, reply, GOFER_MSG_MAX);
	out.off = sizeof(*hdr);
	core_follow(hdr->core);
	err = desc->serve(s, &in, &out, &fds);
	if (err) {
		gsys_close(fds.out);
		fds.out = -1;
		out.off = sizeof(*hdr);
	}
	*out_hdr = (struct gofer_hdr){
		.id = hdr->id,
		.op = hdr->op,
		.fds = fds.out >= 0,
		.error = err,
		.size = (u32)out.off,
	};
	*ret_fd = fds.out;
	return (ssize_t)out.off;
}

/* The only descriptor of @msg, -1 for none; more than one is no message of ours. */
static int take_fd(struct msghdr *msg, int *ret)
{
	struct cmsghdr *cm;
	int err = 0;

	*ret = -1;
	for (cm = CMSG_FIRSTHDR(msg); cm; cm = CMSG_NXTHDR(msg, cm)) {
		size_t i, n = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (cm->cmsg_level != SOL_SOCKET || cm->cmsg_type != SCM_RIGHTS)
			continue;
		for (i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(cm) + i * sizeof(int), sizeof(int));
			if (*ret < 0 && !err) {
				*ret = fd;
				continue;
			}
			gsys_close(fd);
			err = -EPROTO;
		}
	}
	if (msg->msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		err = -EPROTO;
	if (err) {
		gsys_close(*ret);
		*ret = -1;
	}
	return err;
}

/* The first @size bytes of the replies, and all the descriptors there are; those are closed. */
static int send_replies(struct gofer_server *s, int sock, size_t size)
{
	union {
		char buf[CMSG_SPACE(sizeof(s->tx_fds))];
		struct cmsghdr align;
	} control = {0};
	const size_t fds_size = s->tx_nr_fds * sizeof(int);
	struct iovec iov = {.iov_base = s->tx, .iov_len = size};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n;

	if (fds_size) {
		msg.msg_control = control.buf;
		msg.msg_controllen = CMSG_SPACE(fds_size);
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(fds_size);
		memcpy(CMSG_DATA(&control.align), s->tx_fds, fds_size);
	}
	n = gsys_sendmsg(sock, &msg);
	while (s->tx_nr_fds)
		gsys_close(s->tx_fds[--s->tx_nr_fds]);
	s->tx_used -= size;
	s->tx_nr = 0;
	return n < 0 ? (int)n : 0;
}

/* One message of a packet; its reply is added to those that wait. */
static int serve_message(struct gofer_server *s, int sock, const struct gofer_hdr *hdr, int *fd)
{
	u8 *reply = s->tx + s->tx_used;
	const size_t before = s->tx_used;
	int out_fd = -1, err = 0;
	ssize_t n = gofer_server_handle(s, hdr, hdr->size, hdr->fds ? steal_gfd(fd) : -1, reply,
					&out_fd);

	if (n < 0)
		return (int)n;
	s->tx_used += (size_t)n;
	if (s->tx_used > GOFER_MSG_MAX || s->tx_nr == GOFER_PACKET_MAX) {
		err = send_replies(s, sock, before);
		memmove(s->tx, reply, (size_t)n);
	}
	s->tx_nr++;
	if (out_fd >= 0)
		s->tx_fds[s->tx_nr_fds++] = out_fd;
	return err;
}

/* The messages in the first @size bytes of s->rx, @fd belongs to one of them. */
static int serve_packet(struct gofer_server *s, int sock, size_t size, int *fd)
{
	size_t off = 0;
	int err = 0;

	while (off < size && !err) {
		const struct gofer_hdr *hdr = (const void *)(s->rx + off);

		if (size - off < sizeof(*hdr) || hdr->size > size - off ||
		    hdr->size < sizeof(*hdr) || hdr->size % 8)
			return -EPROTO;
		err = serve_message(s, sock, hdr, fd);
		off += hdr->size;
	}
	if (!err && *fd >= 0)
		err = -EPROTO;
	return err;
}

/* One packet; 1: the peer hung up. */
static int serve_one(struct gofer_server *s, int sock)
{
	union {
		char buf[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {.iov_base = s->rx, .iov_len = sizeof(s->rx)};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	ssize_t n = gsys_recvmsg(sock, &msg);
	cleanup_gfd int fd = -1;
	int err;

	if (n <= 0)
		return n == 0 || n == -ECONNRESET ? 1 : (int)n;
	err = take_fd(&msg, &fd);
	if (!err)
		err = serve_packet(s, sock, (size_t)n, &fd);
	if (!err)
		err = send_replies(s, sock, s->tx_used);
	return err == -EPIPE || err == -ECONNRESET ? 1 : err;
}

int gofer_server_run(struct gofer_server *s, int sock)
{
	int err;

	do {
		err = serve_one(s, sock);
	} while (!err);
	if (err > 0)
		return 0;
	log_error("request refused: %s", strerror(-err));
	return err;
}
