/*
 * UDP: messages to whoever is bound to the port; lost when the receiver's buffer
 * is full.  A connected socket hears of a port that nobody has.
 */
#include <sys/epoll.h>

#include "lib/alloc.h"
#include "net/inet/inet.h"
#include "net/stream.h"

#define UDP_MAX_V4 65507
#define UDP_MAX_V6 65527

static int destination(struct inet_sock *is, const struct sock_msg *m, struct inet_addr *ret)
{
	int err = 0;

	if (m->has_name) {
		err = inet_addr_from(is->sock.family, &m->name, m->name_len, ret);
		if (!err && !ret->port)
			err = -EINVAL;
	} else {
		mutex_lock(&is->sock.mu);
		*ret = is->remote;
		if (is->state != INET_CONNECTED)
			err = -EDESTADDRREQ;
		mutex_unlock(&is->sock.mu);
	}
	if (err)
		return err;
	if (inet_is_any(ret))
		*ret = inet_loopback_for(ret);
	return inet_is_local(ret) ? 0 : -ENETUNREACH;
}

static bool try_queue(struct sock *to, struct skb *skb)
{
	bool room;

	mutex_lock(&to->rx.mu);
	room = skb_queue_size(&to->rx) + skb->len <= (size_t)to->rcvbuf &&
	       !(to->rx.shutdown & SHUT_RD_BIT);
	if (room)
		skb_queue_add_locked(&to->rx, skb);
	mutex_unlock(&to->rx.mu);
	return room;
}

static int make_skb(struct inet_sock *is, struct sock_msg *m, struct inet_sock *to,
		    const struct inet_addr *dst, struct skb **ret)
{
	size_t len = iov_iter_count(m->iter);
	struct inet_addr src = inet_local(is);
	struct skb *skb = skb_create(len);
	int err = skb ? copy_from_iter(skb->data, m->iter, len) : -ENOBUFS;

	if (err) {
		skb_free(skb);
		return err;
	}
	if (inet_is_any(&src))
		src.ip = dst->ip;
	skb->len = len;
	inet_addr_to(to ? to->sock.family : is->sock.family, &src, &skb->from, &skb->from_len);
	*ret = skb;
	return 0;
}

static ssize_t udp_send(struct sock *sk, struct sock_msg *m)
{
	struct inet_sock *is = to_inet(sk), *to;
	size_t len = iov_iter_count(m->iter);
	struct inet_addr dst, src;
	struct skb *skb = NULL;
	int err;

	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (len > (sk->family == AF_INET ? UDP_MAX_V4 : UDP_MAX_V6))
		return -EMSGSIZE;
	err = sock_take_err(sk);
	if (!err && (sk->shutdown & SHUT_WR_BIT))
		err = -EPIPE;
	if (err == -EPIPE)
		sock_sigpipe(m);
	if (!err)
		err = destination(is, m, &dst);
	if (!err)
		err = inet_autobind(is);
	if (err)
		return err;
	src = inet_local(is);
	if (inet_is_any(&src))
		src.ip = dst.ip;
	to = inet_find(SOCK_DGRAM, &dst, &src, false);
	err = make_skb(is, m, to, &dst, &skb);
	if (!err && to) {
		if (try_queue(&to->sock, skb))
			sock_wake(&to->sock, EPOLLIN);
		else
			skb_free(skb);
	} else {
		skb_free(skb);
		/* Nobody there: the answer is for the next call of a connected one. */
		if (!err && is->state == INET_CONNECTED)
			sock_set_err(sk, ECONNREFUSED);
	}
	if (to)
		sock_put(&to->sock);
	return err ? err : (ssize_t)len;
}

static ssize_t udp_recv(struct sock *sk, struct sock_msg *m)
{
	u32 before;

	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	return sock_recv_message(sk, m, NULL, &before);
}

static int udp_connect(struct sock *sk, struct task *t, const struct sockaddr_storage *a,
		       socklen_t len, bool nonblock)
{
	struct inet_sock *is = to_inet(sk);
	struct inet_addr dst;
	int err;

	(void)t, (void)nonblock;
	if (len >= sizeof(sa_family_t) && a->ss_family == AF_UNSPEC) {
		inet_set_remote(is, NULL);
		return 0;
	}
	err = inet_addr_from(sk->family, a, len, &dst);
	if (err)
		return err;
	if (inet_is_any(&dst))
		dst = inet_loopback_for(&dst);
	if (!inet_is_local(&dst))
		return -ENETUNREACH;
	err = inet_autobind(is);
	if (err)
		return err;
	inet_set_local(is, &dst);
	inet_set_remote(is, &dst);
	return 0;
}

static int udp_shutdown(struct sock *sk, int how)
{
	struct inet_sock *is = to_inet(sk);
	u8 bits = (u8)(how + 1);
	bool connected;

	mutex_lock(&sk->mu);
	connected = is->state == INET_CONNECTED;
	if (connected)
		sk->shutdown |= bits;
	mutex_unlock(&sk->mu);
	if (!connected)
		return -ENOTCONN;
	mutex_lock(&sk->rx.mu);
	sk->rx.shutdown |= bits;
	mutex_unlock(&sk->rx.mu);
	sock_wake(sk, EPOLLIN | EPOLLOUT | EPOLLHUP);
	return 0;
}

static poll_t udp_poll(struct sock *sk)
{
	poll_t ev = EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;

	mutex_lock(&sk->rx.mu);
	if (!list_empty(&sk->rx.skbs) || (sk->rx.shutdown & SHUT_RD_BIT))
		ev |= EPOLLIN | EPOLLRDNORM;
	if (sk->rx.shutdown & SHUT_RD_BIT)
		ev |= EPOLLRDHUP;
	if (sk->rx.shutdown == (SHUT_RD_BIT | SHUT_WR_BIT))
		ev |= EPOLLHUP;
	mutex_unlock(&sk->rx.mu);
	if (__atomic_load_n(&sk->err, __ATOMIC_RELAXED))
		ev |= EPOLLERR;
	return ev;
}

static void udp_close(struct sock *sk)
{
	inet_unbind(to_inet(sk));
	skb_queue_clear(&sk->rx);
}

const struct sock_ops udp_ops = {
	.bind = inet_bind,
	.connect = udp_connect,
	.getname = inet_getname,
	.sendmsg = udp_send,
	.recvmsg = udp_recv,
	.shutdown = udp_shutdown,
	.poll = udp_poll,
	.ioctl = inet_ioctl,
	.setsockopt = inet_setsockopt,
	.getsockopt = inet_getsockopt,
	.close = udp_close,
	.release = inet_release,
};
