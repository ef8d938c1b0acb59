/*
 * Requests to the gofer, and who waits for which reply (client.h)
 *
 * Every request has a number; replies come in any order.  There is no thread
 * for receiving: of those who wait, one is the *reader*.  It takes messages off
 * the socket, hands each to its owner and wakes it, and when its own has come
 * it makes another waiter the reader.  A lone caller thus sends and receives
 * without anybody's help.
 *
 * Locks: c->lock (spinlock) guards the list of requests, the reader and the
 * dropped handles.  rx belongs to the reader.
 */
#include "fs/goferfs/client.h"

#include <poll.h>
#include <sys/socket.h>

#include "fs/goferfs/client_internal.h"
#include "lib/alloc.h"
#include "lib/cycles.h"
#include "lib/log.h"
#include "lib/park.h"
#include "sched/sched.h"

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
	struct gofer_batch *with = call->with;
	hostfd_t send_fd = call->send_fd;

	gofer_call_fini(call);
	call->send_fd = send_fd;
	call->with = with;
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

void client_die(struct gofer_client *c)
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

/* The request that @hdr answers, or NULL. */
static struct gofer_call *call_find_locked(struct gofer_client *c, const struct gofer_hdr *hdr)
{
	struct gofer_call *call;

	list_for_each_entry (call, &c->calls, node)
		if (call->id == hdr->id)
			return hdr->op == call->op ? call : NULL;
	return NULL;
}

/* Copy the message at @hdr to the call it answers; false: there is none.  Consumes @big. */
static bool deliver_locked(struct gofer_client *c, const struct gofer_hdr *hdr, struct arrival *a,
			   u8 *big)
{
	struct gofer_call *call = call_find_locked(c, hdr);

	if (!call) {
		kfree(big);
		return false;
	}
	call->error = 0;
	if (hdr->fds && a->next_fd == a->nr_fds)
		call->error = -ENFILE;
	else if (hdr->fds)
		call->fd = a->fds[a->next_fd++];
	if (!call->big)
		call->big = steal(&big);
	if (hdr->size > sizeof(call->small) && !call->big)
		call->error = -ENOMEM;
	else
		memcpy(call_buf(call), hdr, hdr->size);
	call->len = hdr->size;
	call_end_locked(call);
	kfree(big);
	return true;
}

/* Hand out the messages of a packet. */
static int deliver(struct gofer_client *c, struct arrival *a)
{
	size_t off = 0;
	bool ok = true;

	while (off < a->len && ok) {
		const struct gofer_hdr *hdr = (const void *)(c->rx + off);
		u8 *big = hdr->size > GOFER_CALL_SMALL ? kzalloc(hdr->size) : NULL;

		spin_lock(&c->lock);
		ok = deliver_locked(c, hdr, a, big);
		c->readable = !list_empty(&c->calls);
		spin_unlock(&c->lock);
		off += hdr->size;
	}
	arrival_fini(a);
	return ok ? 0 : -EIO;
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

/* List the request that @w wrote, which is to be sent then. */
static int call_list(struct gofer_client *c, struct gofer_call *call, struct wire *w)
{
	struct gofer_hdr *hdr = (void *)call_buf(call);
	u32 core = (u32)(sched_home() + 1);
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
	*hdr = (struct gofer_hdr){
		.id = call->id,
		.op = (u16)call->op,
		.fds = hostfd_valid(call->send_fd),
		.core = core,
		.size = (u32)w->off,
	};
	if (!dead)
		list_add_tail(&call->node, &c->calls);
	spin_unlock(&c->lock);
	return dead ? -EIO : 0;
}

static int start_alone(struct gofer_client *c, struct gofer_call *call, struct wire *w)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec iov = {.iov_base = call_buf(call), .iov_len = w->off};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	int err = call_list(c, call, w);

	if (err)
		return err;
	if (hostfd_valid(call->send_fd)) {
		struct cmsghdr *cm = &control.align;

		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cm), &call->send_fd.n, sizeof(int));
	}
	if (client_send(c, &msg, iov.iov_len))
		client_die(c);
	return 0;
}

int gofer_batch_add(struct gofer_client *c, struct gofer_batch *b, struct gofer_call *call,
		    struct wire *w)
{
	int err;

	/* All of a packet has to fit. */
	if (b->n == ARRAY_SIZE(b->calls) || hostfd_valid(call->send_fd) || call->big)
		return -ENOSPC;
	err = call_list(c, call, w);
	if (!err) {
		b->sizes[b->n] = w->off;
		b->calls[b->n++] = call;
	}
	return err;
}

void gofer_batch_send(struct gofer_client *c, struct gofer_batch *b)
{
	struct iovec iov[ARRAY_SIZE(b->calls)];
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = b->n};
	size_t size = 0;

	for (u32 i = 0; i < b->n; i++) {
		iov[i] = (struct iovec){.iov_base = b->calls[i]->small, .iov_len = b->sizes[i]};
		size += b->sizes[i];
	}
	if (b->n && client_send(c, &msg, size))
		client_die(c);
	b->n = 0;
}

int gofer_call_start(struct gofer_client *c, struct gofer_call *call, struct wire *w)
{
	int err = call->with ? gofer_batch_add(c, call->with, call, w) : -ENOSPC;

	/* Whatever becomes of this one, the others are listed already. */
	if (call->with)
		gofer_batch_send(c, call->with);
	return err == -ENOSPC ? start_alone(c, call, w) : err;
}

int gofer_call_finish(struct gofer_client *c, struct gofer_call *call, struct wire *w,
		      enum gofer_fd_rule rule)
{
	u64 start = cycles();

	client_wait(c, call);
	sched_waited(cycles_since(start));
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
	client_sock_fini(c);
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
	client_sock_init(c, sock);
	gofer_call_init(&c->hello);
	c->rx = krealloc(NULL, GOFER_MSG_MAX);
	if (!c->rx) {
		gofer_client_destroy(c);
		return -ENOMEM;
	}
	spin_init(&c->lock);
	list_init(&c->calls);
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
