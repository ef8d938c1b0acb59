/*
 * Requests to the gofer, and who waits for which reply (client.h)
 *
 * Every request has a number; replies come in any order.  There is no thread
 * for receiving: of those who wait, one is the *reader*.  It takes messages off
 * the socket, hands each to its owner and wakes it, and when its own has come
 * it makes another waiter the reader.  A lone caller thus sends and receives
 * without anybody's help.  A fiber sleeps until the poll source unparks it, and
 * looks at the socket only when there may be something; a plain thread sleeps
 * in recvmsg.
 *
 * Locks: c->lock (spinlock) guards the list of requests, the reader and the
 * dropped handles.  rx belongs to the reader.
 */
#include "fs/goferfs/client.h"

#include <poll.h>
#include <sys/socket.h>

#include "lib/alloc.h"
#include "lib/log.h"
#include "lib/park.h"
#include "sched/sched.h"

/* The poll source is made when the first fiber has to wait, on that fiber's worker. */
enum watch { WATCH_NO, WATCH_STARTING, WATCH_YES };

struct gofer_client {
	hostfd_t sock;
	struct poll_source source;
	u32 watched;        /* atomic: enum watch */
	void (*gone)(void); /* set once, before requests; may be NULL */
	u32 nr_mounts, max_handles;

	struct spinlock lock;
	struct list_head calls;    /* guarded by lock: requests that are out */
	struct gofer_call *reader; /* guarded by lock */
	bool readable;             /* guarded by lock: a reply may be there */
	struct list_head senders;  /* guarded by lock: those who wait for room to send */
	u32 next_id;               /* guarded by lock */
	bool dead;                 /* guarded by lock: the gofer is gone */
	struct gofer_handles drop; /* guarded by lock: to be given back */

	struct gofer_call hello; /* of the start alone */
	u8 *rx;                  /* GOFER_MSG_MAX; what was never received into was never touched */
};

struct sender {
	struct list_head node;
	struct parker *parker;
};

long fault_gofer_at;

void gofer_call_fini(struct gofer_call *call)
{
	host_close(call->fd);
	kfree(call->big);
	gofer_call_init(call);
}

static u8 *call_buf(struct gofer_call *call)
{
	return call->big ? call->big : call->small;
}

void gofer_call_begin(struct gofer_call *call, enum gofer_op op, struct wire *ret_w)
{
	hostfd_t send_fd = call->send_fd;

	gofer_call_fini(call);
	call->send_fd = send_fd;
	call->op = op;
	wire_init(ret_w, call->small, sizeof(call->small));
	ret_w->off = sizeof(struct gofer_hdr);
}

bool gofer_call_grow(struct gofer_call *call, struct wire *w)
{
	if (call->big)
		return false;
	call->big = kzalloc(GOFER_MSG_MAX);
	if (!call->big)
		return false;
	wire_init(w, call->big, GOFER_MSG_MAX);
	w->off = sizeof(struct gofer_hdr);
	return true;
}

/*
 * The owner of @call may look at done without the lock, but passes through the
 * lock before it lets go of the call (reader_leave), so it is still there.
 */
static void call_end_locked(struct gofer_call *call)
{
	list_del(&call->node);
	__atomic_store_n(&call->done, true, __ATOMIC_RELEASE);
	if (call->waiting)
		unpark(call->parker);
}

/* Everybody who waits gets -EIO; true: it is news. */
static bool client_die_locked(struct gofer_client *c)
{
	struct gofer_call *call, *n;
	bool news = !c->dead;

	c->dead = true;
	list_for_each_entry_safe (call, n, &c->calls, node) {
		call->error = -EIO;
		call_end_locked(call);
	}
	return news;
}

static void client_die(struct gofer_client *c)
{
	bool news;

	spin_lock(&c->lock);
	news = client_die_locked(c);
	spin_unlock(&c->lock);
	if (news)
		log_debug("the gofer is gone");
	if (news && c->gone)
		c->gone();
}

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

/* Sleep until the socket is ready, or perhaps only until somebody thought so. */
static void sock_wait(struct gofer_client *c, short events)
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

/* Send @size bytes at @buf; sleeps while the socket is full. */
static int client_send(struct gofer_client *c, const void *buf, size_t size, hostfd_t fd)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec iov = {.iov_base = (void *)(uintptr_t)buf, .iov_len = size};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	struct sender self = {.parker = park_self()};
	ssize_t n;

	if (hostfd_valid(fd)) {
		struct cmsghdr *cm = &control.align;

		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cm), &fd.n, sizeof(int));
	}
	n = host_sendmsg(c->sock, &msg, MSG_DONTWAIT);
	if (n != -EAGAIN)
		return n == (ssize_t)size ? 0 : -EIO;

	spin_lock(&c->lock);
	list_add_tail(&self.node, &c->senders);
	spin_unlock(&c->lock);
	watch_room(c);
	while ((n = host_sendmsg(c->sock, &msg, MSG_DONTWAIT)) == -EAGAIN)
		sock_wait(c, POLLOUT);
	spin_lock(&c->lock);
	list_del(&self.node);
	spin_unlock(&c->lock);
	return n == (ssize_t)size ? 0 : -EIO;
}

/* The descriptor in @msg; what a gofer sends too many of is closed. */
static hostfd_t take_fd(struct msghdr *msg)
{
	hostfd_t ret = HOSTFD_NONE;
	struct cmsghdr *cm;

	for (cm = CMSG_FIRSTHDR(msg); cm; cm = CMSG_NXTHDR(msg, cm)) {
		size_t i, n = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (cm->cmsg_level != SOL_SOCKET || cm->cmsg_type != SCM_RIGHTS)
			continue;
		for (i = 0; i < n; i++) {
			hostfd_t fd;

			memcpy(&fd.n, CMSG_DATA(cm) + i * sizeof(int), sizeof(int));
			if (hostfd_valid(ret))
				host_close(fd);
			else
				ret = fd;
		}
	}
	return ret;
}

/* What came with a message: its length and descriptor; lost: there was no number left for that. */
struct arrival {
	size_t len;
	hostfd_t fd;
	bool lost;
};

/* One message into c->rx.  0, -EAGAIN, or -EIO when the gofer is gone. */
static int client_recv(struct gofer_client *c, struct arrival *ret)
{
	union {
		char buf[CMSG_SPACE(4 * sizeof(int))];
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

	if (n == -EAGAIN)
		return -EAGAIN;
	if (n < 0)
		return -EIO;
	ret->len = (size_t)n;
	ret->fd = take_fd(&msg);
	ret->lost = msg.msg_flags & MSG_CTRUNC;
	if (ret->len >= sizeof(struct gofer_hdr) && !(msg.msg_flags & MSG_TRUNC))
		return 0;
	host_close(ret->fd);
	return -EIO;
}

/* Copy the message in c->rx to the call it answers; true when all is well. */
static bool deliver_locked(struct gofer_client *c, const struct arrival *a, u8 *big)
{
	const struct gofer_hdr *hdr = (const void *)c->rx;
	struct gofer_call *call;

	list_for_each_entry (call, &c->calls, node) {
		if (call->id != hdr->id)
			continue;
		if (hdr->op != call->op || hdr->size != a->len || hdr->zero)
			return false;
		if (!call->big)
			call->big = steal(&big);
		call->error = a->lost ? -ENFILE : 0;
		if (a->len > sizeof(call->small) && !call->big)
			call->error = -ENOMEM;
		else
			memcpy(call_buf(call), c->rx, a->len);
		call->len = a->len;
		call->fd = a->fd;
		call_end_locked(call);
		kfree(big);
		return true;
	}
	return false;
}

static int deliver(struct gofer_client *c, const struct arrival *a)
{
	u8 *big = a->len > GOFER_CALL_SMALL ? kzalloc(ALIGN_UP(a->len, 8)) : NULL;
	bool ok;

	spin_lock(&c->lock);
	ok = deliver_locked(c, a, big);
	c->readable = !list_empty(&c->calls);
	spin_unlock(&c->lock);
	if (ok)
		return 0;
	kfree(big);
	host_close(a->fd);
	return -EIO;
}

/* Become the reader unless there is one; tells whether @call is it. */
static bool reader_try(struct gofer_client *c, struct gofer_call *call)
{
	bool mine;

	spin_lock(&c->lock);
	call->parker = park_self();
	call->waiting = true;
	if (!c->reader && !call->done)
		c->reader = call;
	mine = c->reader == call;
	spin_unlock(&c->lock);
	return mine;
}

/* @call needs nothing more: let another waiter read. */
static void reader_leave(struct gofer_client *c, struct gofer_call *call)
{
	struct gofer_call *next;

	spin_lock(&c->lock);
	if (c->reader == call) {
		c->reader = NULL;
		list_for_each_entry (next, &c->calls, node) {
			if (!next->waiting)
				continue;
			unpark(next->parker);
			break;
		}
	}
	spin_unlock(&c->lock);
}

/*
 * Is it worth while to look for a message?  Not for one that was asked just now.
 * What comes after this makes it readable again.
 */
static bool take_readable(struct gofer_client *c)
{
	bool ret;

	if (!fiber_self())
		return true;
	spin_lock(&c->lock);
	ret = c->readable || c->dead;
	c->readable = false;
	spin_unlock(&c->lock);
	return ret;
}

static bool call_is_done(struct gofer_call *call)
{
	return __atomic_load_n(&call->done, __ATOMIC_ACQUIRE);
}

static void client_wait(struct gofer_client *c, struct gofer_call *call)
{
	struct arrival a;
	int err;

	while (!call_is_done(call)) {
		if (!reader_try(c, call)) {
			if (!call_is_done(call))
				park(PARK_FOREVER);
			continue;
		}
		err = take_readable(c) ? client_recv(c, &a) : -EAGAIN;
		if (err == -EAGAIN)
			sock_wait(c, POLLIN);
		else if (err || deliver(c, &a))
			client_die(c);
	}
	reader_leave(c, call);
}

/* The reply is in the call: check its header, and let @w read its fields. */
static int call_check(struct gofer_call *call, struct wire *w, enum gofer_fd_rule rule)
{
	const struct gofer_hdr *hdr = (const void *)call_buf(call);
	bool has_fd = hostfd_valid(call->fd);

	if (hdr->error) {
		if (hdr->error > 0 || hdr->error < -ERRNO_MAX || has_fd)
			return -EIO;
		return hdr->error;
	}
	if ((rule == GOFER_FD_COMES && !has_fd) || (rule == GOFER_FD_NONE && has_fd))
		return -EIO;
	wire_init(w, call_buf(call), call->len);
	w->off = sizeof(*hdr);
	return 0;
}

static bool fault_now(void)
{
	return unlikely(fault_gofer_at > 0) && --fault_gofer_at == 0;
}

int gofer_call_start(struct gofer_client *c, struct gofer_call *call, struct wire *w)
{
	struct gofer_hdr *hdr = (void *)call_buf(call);
	size_t size = w->off;
	bool dead;

	if (wire_put_end(w))
		return -EINVAL;
	if (fault_now())
		return -EIO;
	call->waiting = false;
	call->done = false;
	call->error = 0;

	spin_lock(&c->lock);
	call->id = c->next_id++;
	dead = c->dead;
	/* Whole before it is listed: from then on the reader may write a reply over it. */
	*hdr = (struct gofer_hdr){.id = call->id, .op = (u16)call->op, .size = (u32)size};
	if (!dead)
		list_add_tail(&call->node, &c->calls);
	spin_unlock(&c->lock);
	if (dead)
		return -EIO;

	if (client_send(c, hdr, size, call->send_fd))
		client_die(c);
	return 0;
}

int gofer_call_finish(struct gofer_client *c, struct gofer_call *call, struct wire *w,
		      enum gofer_fd_rule rule)
{
	client_wait(c, call);
	/* The token that woke us may have been meant for the sleep around this one. */
	unpark(park_self());
	if (call->error)
		return call->error;
	return call_check(call, w, rule);
}

int gofer_call_run(struct gofer_client *c, struct gofer_call *call, struct wire *w,
		   enum gofer_fd_rule rule)
{
	int err = gofer_call_start(c, call, w);

	return err ? err : gofer_call_finish(c, call, w, rule);
}

/* A gofer that cannot take handles back is gone, and so are they. */
static void clunk(struct gofer_client *c, const struct gofer_handles *handles)
{
	struct gofer_clunk_req req = {.handles = *handles};
	cleanup_gofer_call struct gofer_call call;
	int err;

	gofer_call_init(&call);
	err = gofer_clunk(c, &call, &req);
	if (err)
		log_debug("gofer: handles not taken back: %s", strerror(-err));
}

void gofer_client_drop(struct gofer_client *c, u32 handle)
{
	struct gofer_handles full;
	bool is_full;

	spin_lock(&c->lock);
	is_full = c->drop.n == GOFER_CLUNK_MAX;
	if (is_full) {
		full = c->drop;
		c->drop.n = 0;
	}
	c->drop.v[c->drop.n++] = handle;
	spin_unlock(&c->lock);
	if (is_full)
		clunk(c, &full);
}

void gofer_client_flush(struct gofer_client *c)
{
	struct gofer_handles handles;

	spin_lock(&c->lock);
	handles = c->drop;
	c->drop.n = 0;
	spin_unlock(&c->lock);
	if (handles.n)
		clunk(c, &handles);
}

void gofer_client_on_gone(struct gofer_client *c, void (*fn)(void))
{
	c->gone = fn;
}

u32 gofer_client_mounts(const struct gofer_client *c)
{
	return c->nr_mounts;
}

u32 gofer_client_handles(const struct gofer_client *c)
{
	return c->max_handles;
}

void gofer_client_destroy(struct gofer_client *c)
{
	if (!c)
		return;
	if (c->watched == WATCH_YES)
		poll_source_del(&c->source);
	host_close(c->sock);
	gofer_call_fini(&c->hello);
	kfree(c->rx);
	kfree(c);
}

static int hello_start(struct gofer_client *c)
{
	struct gofer_hello_req req = {.version = GOFER_VERSION};
	struct wire w;

	gofer_call_begin(&c->hello, GOFER_HELLO, &w);
	gofer_put_hello_req(&w, &req);
	return gofer_call_start(c, &c->hello, &w);
}

static int hello_finish(struct gofer_client *c)
{
	struct gofer_hello_rep rep;
	struct wire w;
	int err = gofer_call_finish(c, &c->hello, &w, GOFER_FD_NONE);

	if (err)
		return err;
	gofer_get_hello_rep(&w, &rep);
	err = wire_get_end(&w);
	if (err)
		return err;
	if (rep.version != GOFER_VERSION || !rep.max_handles)
		return -EPROTO;
	c->nr_mounts = rep.nr_mounts;
	c->max_handles = rep.max_handles;
	return 0;
}

int gofer_client_start(hostfd_t sock, struct gofer_client **ret)
{
	struct gofer_client *c = kzalloc(sizeof(*c));
	int err;

	if (!c) {
		host_close(sock);
		return -ENOMEM;
	}
	c->sock = sock;
	gofer_call_init(&c->hello);
	c->rx = krealloc(NULL, GOFER_MSG_MAX);
	if (!c->rx) {
		gofer_client_destroy(c);
		return -ENOMEM;
	}
	spin_init(&c->lock);
	list_init(&c->calls);
	list_init(&c->senders);
	c->source = (struct poll_source){.fd = sock, .fn = sock_ready};
	err = hello_start(c);
	if (err) {
		gofer_client_destroy(c);
		return err;
	}
	*ret = c;
	return 0;
}

int gofer_client_ready(struct gofer_client *c)
{
	int err = hello_finish(c);

	gofer_call_fini(&c->hello);
	return err;
}

int gofer_client_create(hostfd_t sock, struct gofer_client **ret)
{
	struct gofer_client *c;
	int err = gofer_client_start(sock, &c);

	if (err)
		return err;
	err = gofer_client_ready(c);
	if (err)
		gofer_client_destroy(c);
	else
		*ret = c;
	return err;
}
