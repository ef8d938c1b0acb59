/*
 * Messages of datagram and seqpacket sockets: kept whole, one a receive.
 *
 * A sender that finds the receiver's queue full waits on the receiver's
 * room_wq, which every receive wakes.
 *
 * Locks: the receiver's rx.mu for the queue.
 */
#include <sys/epoll.h>

#include "net/scm.h"
#include "net/stream.h"
#include "net/unix/unix.h"

bool unix_counts(struct unix_sock *u, struct unix_sock *p)
{
	bool alone;

	mutex_lock(&p->sock.mu);
	alone = p->peer == u;
	mutex_unlock(&p->sock.mu);
	return u->sock.type == SOCK_DGRAM && !alone;
}

/* May @u send to @p: one that is connected to somebody else hears nobody but that one. */
static bool may_send(struct unix_sock *u, struct unix_sock *p)
{
	bool may;

	mutex_lock(&p->sock.mu);
	may = !p->peer || p->peer == u || p->sock.type != SOCK_DGRAM;
	mutex_unlock(&p->sock.mu);
	return may;
}

struct attempt {
	struct unix_sock *to;
	struct skb *skb;
	size_t sndbuf;
	bool by_count;
};

/* One try to queue: 0, -EAGAIN when full, -EPIPE when nobody will read. */
static int try_queue(void *arg)
{
	struct attempt *a = arg;
	struct skb_queue *q = &a->to->sock.rx;
	int err = 0;

	mutex_lock(&q->mu);
	if (q->shutdown & SHUT_RD_BIT)
		err = -EPIPE;
	else if (a->by_count ? q->len > UNIX_DGRAM_QLEN : skb_queue_size(q) >= a->sndbuf)
		err = -EAGAIN;
	if (!err)
		skb_queue_add_locked(q, a->skb);
	mutex_unlock(&q->mu);
	return err;
}

static ssize_t send_to(struct unix_sock *u, struct unix_sock *p, struct sock_msg *m)
{
	struct attempt try = {.to = p, .sndbuf = (size_t)u->sock.sndbuf};
	size_t len = iov_iter_count(m->iter);
	struct skb *skb;
	int err;

	if (len > (size_t)u->sock.sndbuf - 32)
		return -EMSGSIZE;
	skb = skb_create(len);
	err = skb ? copy_from_iter(skb->data, m->iter, len) : -ENOBUFS;
	if (!err) {
		skb->len = len;
		unix_name_of(u, &skb->from, &skb->from_len);
		err = unix_attach(u, p, m, skb);
	}
	if (!err) {
		try.skb = skb;
		try.by_count = unix_counts(u, p);
		err = sock_try_wait(&u->sock, &p->sock.room_wq, try_queue, &try,
				    m->flags & MSG_DONTWAIT);
	}
	if (err) {
		skb_free(skb);
		return err;
	}
	sock_wake(&p->sock, EPOLLIN);
	return (ssize_t)len;
}

/* A connected datagram socket whose peer is gone is connected no more. */
static int drop_dead_peer(struct unix_sock *u, struct unix_sock *p)
{
	struct unix_sock *old = NULL;

	mutex_lock(&u->sock.mu);
	if (u->peer == p) {
		old = unix_swap_peer_locked(u, NULL);
		u->state = UNIX_UNCONNECTED;
	}
	mutex_unlock(&u->sock.mu);
	if (old)
		sock_put(&old->sock);
	return -ECONNREFUSED;
}

ssize_t unix_dgram_send(struct sock *sk, struct sock_msg *m)
{
	struct unix_sock *u = to_unix(sk), *p;
	cleanup_sock struct sock *held = NULL;
	ssize_t n = sock_take_err(sk);

	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (n)
		return n;
	if (sk->passcred) {
		n = unix_autobind(u);
		if (n)
			return n;
	}
	if (m->has_name) {
		n = unix_find(m->task, &m->name, m->name_len, SOCK_DGRAM, &p);
		if (n)
			return n;
	} else {
		p = unix_peer_get(u);
		if (!p)
			return -ENOTCONN;
	}
	held = &p->sock;
	if (sk->shutdown & SHUT_WR_BIT) {
		sock_sigpipe(m);
		return -EPIPE;
	}
	if (p->state == UNIX_CLOSED)
		return m->has_name ? -ECONNREFUSED : drop_dead_peer(u, p);
	n = may_send(u, p) ? send_to(u, p, m) : -EPERM;
	if (n == -EPIPE)
		sock_sigpipe(m);
	return n;
}

ssize_t unix_seqpacket_send(struct sock *sk, struct sock_msg *m)
{
	struct unix_sock *u = to_unix(sk), *p;
	cleanup_sock struct sock *held = NULL;
	ssize_t n = sock_take_err(sk);

	if (n)
		return n;
	if (u->state != UNIX_CONNECTED)
		return -ENOTCONN;
	p = unix_peer_get(u);
	held = p ? &p->sock : NULL;
	n = p && !(sk->shutdown & SHUT_WR_BIT) ? send_to(u, p, m) : -EPIPE;
	if (n == -EPIPE)
		sock_sigpipe(m);
	return n;
}

/* Those who wait for room, and those who poll for it. */
static void tell_room(struct unix_sock *u, u32 before)
{
	struct unix_sock *p = unix_peer_get(u);

	if (p || before > UNIX_DGRAM_QLEN)
		waitq_wake(&u->sock.room_wq, EPOLLOUT);
	if (!p)
		return;
	if (u->sock.type == SOCK_SEQPACKET)
		sock_wake(&p->sock, EPOLLOUT);
	sock_put(&p->sock);
}

ssize_t unix_dgram_recv(struct sock *sk, struct sock_msg *m)
{
	struct unix_sock *u = to_unix(sk);
	u32 before;
	ssize_t n;

	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (sk->type == SOCK_SEQPACKET && u->state != UNIX_CONNECTED)
		return -ENOTCONN;
	n = sock_recv_message(sk, m, unix_give_scm, &before);
	if (before)
		tell_room(u, before);
	return n;
}

/* connect(2) of a datagram socket only says where messages go. */
int unix_dgram_connect(struct sock *sk, struct task *t, const struct sockaddr_storage *a,
		       socklen_t len, bool nonblock)
{
	struct unix_sock *u = to_unix(sk), *p = NULL, *old;
	int err = 0;

	(void)nonblock;
	if (len < sizeof(sa_family_t))
		return -EINVAL;
	if (a->ss_family != AF_UNSPEC) {
		if (sk->passcred)
			err = unix_autobind(u);
		if (!err)
			err = unix_find(t, a, len, SOCK_DGRAM, &p);
		if (err)
			return err;
		if (!may_send(u, p)) {
			sock_put(&p->sock);
			return -EPERM;
		}
	}
	mutex_lock(&sk->mu);
	old = unix_swap_peer_locked(u, p);
	u->state = p ? UNIX_CONNECTED : UNIX_UNCONNECTED;
	mutex_unlock(&sk->mu);
	if (old)
		sock_put(&old->sock);
	return 0;
}
