/*
 * Messages of datagram and seqpacket sockets: kept whole, one a receive.
 *
 * A sender that finds the receiver's queue full waits on the receiver's
 * room_wq, which every receive wakes.
 *
 * Locks: the receiver's rx.mu for the queue.
 */
#include <sys/epoll.h>

#include "lib/park.h"
#include "net/scm.h"
#include "net/stream.h"
#include "net/unix/unix.h"

/* One try to queue: 0, -EAGAIN when full, -EPIPE when nobody will read. */
static int try_queue(struct unix_sock *p, struct skb *skb, size_t sndbuf)
{
	struct skb_queue *q = &p->sock.rx;
	bool packets = p->sock.type == SOCK_SEQPACKET;
	int err = 0;

	mutex_lock(&q->mu);
	if (q->shutdown & SHUT_RD_BIT)
		err = -EPIPE;
	else if (packets ? q->bytes && q->bytes >= sndbuf : q->len > UNIX_DGRAM_QLEN)
		err = -EAGAIN;
	if (!err) {
		list_add_tail(&skb->node, &q->skbs);
		q->bytes += skb->len;
		q->len++;
	}
	mutex_unlock(&q->mu);
	return err;
}

static int queue_or_wait(struct unix_sock *u, struct unix_sock *p, struct skb *skb, bool nonblock)
{
	size_t sndbuf = (size_t)u->sock.sndbuf;
	u64 timeo = u->sock.sndtimeo, deadline = sock_deadline(timeo);
	struct waitq_entry e;
	int err = try_queue(p, skb, sndbuf);

	if (err != -EAGAIN || nonblock)
		return err;
	waitq_entry_init(&e, EPOLLOUT);
	waitq_add(&p->room_wq, &e);
	while ((err = try_queue(p, skb, sndbuf)) == -EAGAIN) {
		if (park_interrupted(e.parker)) {
			err = timeo ? -EINTR : -ERESTARTSYS;
			break;
		}
		if (now_ns() >= deadline)
			break;
		park(deadline);
	}
	waitq_remove(&p->room_wq, &e);
	return err;
}

static ssize_t send_to(struct unix_sock *u, struct unix_sock *p, struct sock_msg *m)
{
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
	if (!err)
		err = queue_or_wait(u, p, skb, m->flags & MSG_DONTWAIT);
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
		old = u->peer;
		u->peer = NULL;
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
	n = send_to(u, p, m);
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

static int wait_skb_locked(struct sock *sk, bool nonblock, u64 deadline) REQUIRES(sk->rx.mu)
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

/* Copy one message out; its bytes, or all its length with MSG_TRUNC. */
static ssize_t take_locked(struct sock_msg *m, struct skb *skb)
{
	bool peek = m->flags & MSG_PEEK;
	size_t n = min(skb->len, iov_iter_count(m->iter));

	if (copy_to_iter(m->iter, skb->data, n))
		return -EFAULT;
	if (n < skb->len)
		m->out_flags |= MSG_TRUNC;
	unix_give_scm(m, skb, peek);
	return (ssize_t)(m->flags & MSG_TRUNC ? skb->len : n);
}

ssize_t unix_dgram_recv(struct sock *sk, struct sock_msg *m)
{
	struct unix_sock *u = to_unix(sk);
	u64 deadline = sock_deadline(sk->rcvtimeo);
	struct skb *skb = NULL;
	ssize_t n;

	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (sk->type == SOCK_SEQPACKET && u->state != UNIX_CONNECTED)
		return -ENOTCONN;
	mutex_lock(&sk->rx.mu);
	n = wait_skb_locked(sk, m->flags & MSG_DONTWAIT, deadline);
	if (!n && !list_empty(&sk->rx.skbs)) {
		skb = list_first_entry(&sk->rx.skbs, struct skb, node);
		n = take_locked(m, skb);
		if (m->flags & MSG_PEEK) {
			skb = NULL;
		} else {
			list_del(&skb->node);
			sk->rx.bytes -= skb->len;
			sk->rx.len--;
		}
	}
	mutex_unlock(&sk->rx.mu);
	if (skb) {
		skb_free(skb);
		waitq_wake(&u->room_wq, EPOLLOUT);
	}
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
	}
	mutex_lock(&sk->mu);
	old = u->peer;
	u->peer = p;
	u->state = p ? UNIX_CONNECTED : UNIX_UNCONNECTED;
	mutex_unlock(&sk->mu);
	if (old)
		sock_put(&old->sock);
	return 0;
}
