/*
 * Bytes of stream sockets.
 *
 * The sender copies into pieces of at most SOCK_SKB_MAX and queues them at its
 * peer; the receiver takes bytes from the first piece on, and stops at one that
 * carries descriptors or other credentials, as Linux does.
 *
 * Locks: the receiver's rx.mu for queue and shutdown.
 */
#include <sys/epoll.h>

#include "kernel/signal.h"
#include "kernel/task.h"
#include "net/scm.h"
#include "net/unix/unix.h"

/* Room at the peer: sleeps for it.  The sender waits on its own queue. */
static int wait_room_locked(struct unix_sock *u, struct unix_sock *p, bool nonblock, u64 deadline)
	REQUIRES(p->sock.rx.mu)
{
	int err = 0;

	while (!err && !(p->sock.rx.shutdown & SHUT_RD_BIT) && p->sock.rx.bytes &&
	       p->sock.rx.bytes >= (size_t)u->sock.sndbuf)
		err = sock_wait_locked(&u->sock, EPOLLOUT, &p->sock.rx.mu, nonblock, deadline);
	if (!err && (p->sock.rx.shutdown & SHUT_RD_BIT))
		err = -EPIPE;
	return err;
}

static int queue_skb(struct unix_sock *u, struct unix_sock *p, struct skb *skb, bool nonblock,
		     u64 deadline)
{
	struct skb_queue *q = &p->sock.rx;
	int err;

	mutex_lock(&q->mu);
	err = wait_room_locked(u, p, nonblock, deadline);
	if (!err) {
		list_add_tail(&skb->node, &q->skbs);
		q->bytes += skb->len;
		q->len++;
	}
	mutex_unlock(&q->mu);
	if (!err)
		sock_wake(&p->sock, EPOLLIN);
	return err;
}

/* One piece from the guest to the peer; bytes or an error. */
static ssize_t send_piece(struct unix_sock *u, struct unix_sock *p, struct sock_msg *m,
			  u64 deadline)
{
	size_t len = min(iov_iter_count(m->iter), (size_t)SOCK_SKB_MAX);
	struct skb *skb = skb_create(len);
	int err = skb ? copy_from_iter(skb->data, m->iter, len) : -ENOBUFS;

	if (!err) {
		skb->len = len;
		err = unix_attach(u, p, m, skb);
	}
	if (!err)
		err = queue_skb(u, p, skb, m->flags & MSG_DONTWAIT, deadline);
	if (err) {
		skb_free(skb);
		return err;
	}
	return (ssize_t)len;
}

static int send_state(struct unix_sock *u)
{
	int err = sock_take_err(&u->sock);

	if (err)
		return err;
	mutex_lock(&u->sock.mu);
	if (u->sock.shutdown & SHUT_WR_BIT)
		err = -EPIPE;
	else if (!u->peer)
		err = u->state == UNIX_CONNECTED ? -EPIPE : -ENOTCONN;
	mutex_unlock(&u->sock.mu);
	return err;
}

ssize_t unix_stream_send(struct sock *sk, struct sock_msg *m)
{
	struct unix_sock *u = to_unix(sk);
	cleanup_sock struct sock *held = NULL;
	u64 deadline = sock_deadline(sk->sndtimeo);
	ssize_t done = 0, n = 0;
	struct unix_sock *p;

	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (m->has_name)
		return u->state == UNIX_CONNECTED ? -EISCONN : -EOPNOTSUPP;
	n = send_state(u);
	p = n ? NULL : unix_peer_get(u);
	if (!n && !p)
		n = -EPIPE;
	held = p ? &p->sock : NULL;
	while (!n && iov_iter_count(m->iter)) {
		ssize_t sent = send_piece(u, p, m, deadline);

		if (sent < 0)
			n = sent;
		else
			done += sent;
	}
	if (n == -EPIPE && !done && !(m->flags & MSG_NOSIGNAL) && m->task) {
		siginfo_t info;

		signal_info_user(&info, SIGPIPE, SI_USER, m->task);
		(void)signal_send_task(m->task, &info);
	}
	return done ? done : n;
}

/* What separates two reads: descriptors, or another sender's credentials. */
static bool same_source(const struct sock *sk, const struct skb *a, const struct skb *b)
{
	if (b->scm && b->scm->nr_files)
		return false;
	if (!sk->passcred || !a->scm || !b->scm)
		return true;
	return !memcmp(&a->scm->cred, &b->scm->cred, sizeof(a->scm->cred));
}

static int wait_bytes_locked(struct sock *sk, bool nonblock, u64 deadline) REQUIRES(sk->rx.mu)
{
	int err = 0;

	while (!err && list_empty(&sk->rx.skbs)) {
		err = sock_take_err(sk);
		if (err || (sk->rx.shutdown & SHUT_RD_BIT))
			break;
		err = sock_wait_locked(sk, EPOLLIN, &sk->rx.mu, nonblock, deadline);
	}
	return err;
}

/* Where a reader stands: how far a peek has looked, what came along. */
struct reader {
	struct unix_sock *u;
	struct sock_msg *m;
	struct skb *first; /* whose descriptors and credentials are given; a consumed one is kept */
	struct skb *keep;  /* to be freed once the lock is dropped */
	ssize_t done;
};

static void consume_locked(struct reader *r, struct skb *skb, size_t n) REQUIRES(r->u->sock.rx.mu)
{
	struct skb_queue *q = &r->u->sock.rx;

	skb->off += n;
	q->bytes -= n;
	if (skb->off < skb->len)
		return;
	list_del(&skb->node);
	q->len--;
	list_add_tail(&skb->node, &r->keep->node);
}

/* Copy from what is queued; -EFAULT only if nothing was copied. */
static int take_queued_locked(struct reader *r) REQUIRES(r->u->sock.rx.mu)
{
	bool peek = r->m->flags & MSG_PEEK;
	struct skb *skb, *next;

	list_for_each_entry_safe (skb, next, &r->u->sock.rx.skbs, node) {
		size_t n = min(skb->len - skb->off, iov_iter_count(r->m->iter));
		ssize_t moved;

		if (r->first && !same_source(&r->u->sock, r->first, skb))
			return 1;
		if (!n)
			return 1;
		moved = copy_to_iter_some(r->m->iter, skb->data + skb->off, n);
		if (moved < 0)
			return r->done ? 1 : -EFAULT;
		if (!r->first) {
			r->first = skb;
			unix_give_scm(r->m, skb, peek);
		}
		r->done += moved;
		if (!peek)
			consume_locked(r, skb, (size_t)moved);
		if ((size_t)moved < n || (r->m->scm && r->m->scm->nr_files))
			return 1;
	}
	return 0;
}

ssize_t unix_stream_recv(struct sock *sk, struct sock_msg *m)
{
	struct skb consumed;
	struct reader r = {.u = to_unix(sk), .m = m, .keep = &consumed};
	bool wait_all = m->flags & MSG_WAITALL;
	u64 deadline = sock_deadline(sk->rcvtimeo);
	int err = 0;

	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (to_unix(sk)->state != UNIX_CONNECTED)
		return -EINVAL;
	list_init(&consumed.node);
	mutex_lock(&sk->rx.mu);
	do {
		err = wait_bytes_locked(sk, m->flags & MSG_DONTWAIT, deadline);
		if (err || list_empty(&sk->rx.skbs))
			break;
		err = take_queued_locked(&r);
	} while (!err && wait_all && !(m->flags & MSG_PEEK) && iov_iter_count(m->iter));
	mutex_unlock(&sk->rx.mu);
	if (r.done) {
		cleanup_sock struct sock *p = NULL;
		struct unix_sock *peer = unix_peer_get(to_unix(sk));

		p = peer ? &peer->sock : NULL;
		if (p)
			sock_wake(p, EPOLLOUT);
	}
	while (!list_empty(&consumed.node)) {
		struct skb *skb = list_first_entry(&consumed.node, struct skb, node);

		list_del(&skb->node);
		skb_free(skb);
	}
	return r.done ? r.done : min(err, 0);
}
