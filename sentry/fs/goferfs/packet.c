/*
 * The socket to the gofer: packets out and in, and sleeping until it is ready
 *
 * A fiber sleeps until the poll source unparks it, and looks at the socket only when
 * there may be something; a plain thread sleeps in the host.
 *
 * Locks: c->lock for who waits.
 */
#include <poll.h>
#include <sys/socket.h>

#include "fs/goferfs/client_internal.h"
#include "lib/log.h"
#include "lib/park.h"

struct sender {
	struct list_head node;
	struct parker *parker;
};

/* Watched by a worker: whoever waits looks at the socket again. */
static void sock_ready(struct poll_source *s, poll_t ready)
{
	struct gofer_client *c = container_of(s, struct gofer_client, source);
	struct sender *snd;

	if (ready & (EPOLLHUP | EPOLLERR))
		client_die(c);
	spin_lock(&c->lock);
	if (ready & ~(poll_t)EPOLLOUT)
		c->readable = true;
	if (c->reader && c->readable)
		unpark(c->reader->parker);
	list_for_each_entry (snd, &c->senders, node)
		unpark(snd->parker);
	spin_unlock(&c->lock);
}

/* Is a worker told when the socket is ready? */
static bool client_is_watched(struct gofer_client *c)
{
	u32 state = WATCH_NO;

	if (__atomic_load_n(&c->watched, __ATOMIC_ACQUIRE) == WATCH_YES)
		return true;
	if (!__atomic_compare_exchange_n(&c->watched, &state, WATCH_STARTING, false,
					 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return false;
	state = poll_source_add(&c->source, EPOLLIN) ? WATCH_NO : WATCH_YES;
	__atomic_store_n(&c->watched, state, __ATOMIC_RELEASE);
	return state == WATCH_YES;
}

/* Where no worker tells us: the thread sleeps. */
static void poll_here(struct gofer_client *c, short events)
{
	struct pollfd pfd = {.fd = c->sock.n, .events = events};

	if (host_ppoll(&pfd, 1, -1) < 0 && fiber_self())
		fiber_yield();
	spin_lock(&c->lock);
	c->readable = true;
	spin_unlock(&c->lock);
}

void sock_wait(struct gofer_client *c, short events)
{
	if (fiber_self() && client_is_watched(c))
		park(PARK_FOREVER);
	else
		poll_here(c, events);
}

/*
 * Each message the gofer takes would be an event, so room is watched for only
 * since somebody had to wait for it, which is rare.
 */
static void watch_room(struct gofer_client *c)
{
	if (fiber_self() && client_is_watched(c) && poll_source_mod(&c->source, EPOLLIN | EPOLLOUT))
		log_debug("gofer: room to send is not watched");
}

int client_send(struct gofer_client *c, struct msghdr *msg, size_t size)
{
	struct sender self = {.parker = park_self()};
	ssize_t n = host_sendmsg(c->sock, msg, MSG_DONTWAIT);

	if (n != -EAGAIN)
		return n == (ssize_t)size ? 0 : -EIO;

	spin_lock(&c->lock);
	list_add_tail(&self.node, &c->senders);
	spin_unlock(&c->lock);
	watch_room(c);
	while ((n = host_sendmsg(c->sock, msg, MSG_DONTWAIT)) == -EAGAIN)
		sock_wait(c, POLLOUT);
	spin_lock(&c->lock);
	list_del(&self.node);
	spin_unlock(&c->lock);
	return n == (ssize_t)size ? 0 : -EIO;
}

/* The descriptors in @msg; what a gofer sends too many of is closed, and *@ret none's. */
static int take_fds(struct msghdr *msg, struct arrival *ret)
{
	struct cmsghdr *cm;
	int err = 0;

	ret->nr_fds = ret->next_fd = 0;
	for (cm = CMSG_FIRSTHDR(msg); cm; cm = CMSG_NXTHDR(msg, cm)) {
		size_t i, n = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (cm->cmsg_level != SOL_SOCKET || cm->cmsg_type != SCM_RIGHTS)
			continue;
		for (i = 0; i < n; i++) {
			hostfd_t fd;

			memcpy(&fd.n, CMSG_DATA(cm) + i * sizeof(int), sizeof(int));
			if (ret->nr_fds < ARRAY_SIZE(ret->fds)) {
				ret->fds[ret->nr_fds++] = fd;
				continue;
			}
			host_close(fd);
			err = -EIO;
		}
	}
	return err;
}

void arrival_fini(struct arrival *a)
{
	while (a->next_fd < a->nr_fds)
		host_close(a->fds[a->next_fd++]);
}

/* Is the packet made of messages, and do its descriptors belong to some of them? */
static bool packet_ok(const struct gofer_client *c, const struct arrival *a)
{
	size_t off = 0;
	u32 fds = 0;

	while (off < a->len) {
		const struct gofer_hdr *hdr = (const void *)(c->rx + off);

		if (a->len - off < sizeof(*hdr) || hdr->size > a->len - off ||
		    hdr->size < sizeof(*hdr) || hdr->size % 8 || hdr->fds > 1)
			return false;
		fds += hdr->fds;
		off += hdr->size;
	}
	return fds == a->nr_fds || (a->lost && fds > a->nr_fds);
}

int client_recv(struct gofer_client *c, struct arrival *ret)
{
	union {
		char buf[CMSG_SPACE(GOFER_PACKET_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {.iov_base = c->rx, .iov_len = GOFER_MSG_MAX};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	ssize_t n = host_recvmsg(c->sock, &msg, fiber_self() ? MSG_DONTWAIT : 0);
	int err;

	if (n == -EAGAIN)
		return -EAGAIN;
	if (n < 0)
		return -EIO;
	ret->len = (size_t)n;
	ret->lost = msg.msg_flags & MSG_CTRUNC;
	err = take_fds(&msg, ret);
	if (!err && ret->len && !(msg.msg_flags & MSG_TRUNC) && packet_ok(c, ret))
		return 0;
	arrival_fini(ret);
	return -EIO;
}

void client_sock_init(struct gofer_client *c, hostfd_t sock)
{
	c->sock = sock;
	list_init(&c->senders);
	c->source = (struct poll_source){.fd = sock, .fn = sock_ready};
}

void client_sock_fini(struct gofer_client *c)
{
	if (c->watched == WATCH_YES)
		poll_source_del(&c->source);
	host_close(c->sock);
}
