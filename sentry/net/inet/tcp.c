/*
 * TCP: bytes between two ends, and their close.
 *
 * A close with unread bytes, or with SO_LINGER of zero, resets the other end;
 * an ordinary one lets it read what is queued, and write once more into the
 * void before it is told, as a real connection would.
 *
 * Not done: urgent data (MSG_OOB).
 */
#include <netinet/tcp.h>
#include <sys/epoll.h>

#include "lib/alloc.h"
#include "net/inet/inet.h"
#include "net/stream.h"

struct inet_sock *tcp_peer_get(struct inet_sock *is)
{
	struct inet_sock *p;

	mutex_lock(&is->sock.mu);
	p = is->peer;
	if (p)
		sock_get(&p->sock);
	mutex_unlock(&is->sock.mu);
	return p;
}

static struct sock *peer_sock_get(struct sock *sk)
{
	struct inet_sock *p = tcp_peer_get(to_inet(sk));

	return p ? &p->sock : NULL;
}

static const struct stream_rules tcp_rules = {
	.peer_get = peer_sock_get,
	.deaf_takes = true,
};

static void end_reading(struct sock *sk, u8 bits)
{
	mutex_lock(&sk->rx.mu);
	sk->rx.shutdown |= bits;
	mutex_unlock(&sk->rx.mu);
}

/* Break the link of both ends; the peer keeps what it has not yet read unless it is reset. */
static void unlink_ends(struct inet_sock *is, int err)
{
	struct inet_sock *p;
	bool linked;

	mutex_lock(&is->sock.mu);
	p = is->peer;
	is->peer = NULL;
	is->state = is->state == INET_CLOSED ? INET_CLOSED : INET_UNCONNECTED;
	mutex_unlock(&is->sock.mu);
	if (!p)
		return;
	mutex_lock(&p->sock.mu);
	linked = p->peer == is;
	if (linked)
		p->peer = NULL;
	if (err)
		p->sock.shutdown |= SHUT_RD_BIT | SHUT_WR_BIT;
	mutex_unlock(&p->sock.mu);
	if (err)
		skb_queue_clear(&p->sock.rx);
	end_reading(&p->sock, err ? SHUT_RD_BIT | SHUT_WR_BIT : SHUT_RD_BIT);
	if (err)
		__atomic_store_n(&p->sock.err, err, __ATOMIC_RELEASE);
	sock_wake(&p->sock, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP | EPOLLERR);
	if (linked)
		sock_put(&is->sock);
	sock_put(&p->sock);
}

void tcp_reset(struct inet_sock *is, int err)
{
	unlink_ends(is, err ? err : ECONNRESET);
}

static void tcp_close(struct sock *sk)
{
	struct inet_sock *is = to_inet(sk);
	struct list_head backlog;
	bool reset;

	mutex_lock(&sk->rx.mu);
	reset = sk->rx.bytes != 0;
	sk->rx.shutdown |= SHUT_RD_BIT | SHUT_WR_BIT;
	mutex_unlock(&sk->rx.mu);
	mutex_lock(&sk->mu);
	reset |= sk->linger.l_onoff && !sk->linger.l_linger;
	reset |= sk->made_by_connect && !sk->accepted;
	is->state = INET_CLOSED;
	sock_backlog_take_locked(sk, &backlog);
	mutex_unlock(&sk->mu);
	inet_unbind(is);
	unlink_ends(is, reset ? ECONNRESET : 0);
	skb_queue_clear(&sk->rx);
	sock_backlog_refuse(sk, &backlog);
}

/* To an end whose peer has closed: once it seems to work, then it is known. */
static ssize_t send_to_closed(struct inet_sock *is, struct sock_msg *m)
{
	size_t n = iov_iter_count(m->iter);
	bool first;

	mutex_lock(&is->sock.mu);
	first = !(is->sock.shutdown & SHUT_WR_BIT);
	is->sock.shutdown |= SHUT_WR_BIT;
	mutex_unlock(&is->sock.mu);
	if (!first)
		return -EPIPE;
	end_reading(&is->sock, SHUT_WR_BIT);
	sock_set_err(&is->sock, EPIPE);
	iov_iter_advance(m->iter, n);
	return (ssize_t)n;
}

/* Whom to send to, counted, if we may; NULL: the peer has closed. */
static int send_peer(struct inet_sock *is, struct sock **ret)
{
	int err = sock_take_err(&is->sock);

	if (err)
		return err;
	mutex_lock(&is->sock.mu);
	if (is->sock.shutdown & SHUT_WR_BIT)
		err = -EPIPE;
	else if (is->state != INET_CONNECTED)
		err = -EPIPE;
	else if (is->peer)
		*ret = sock_get(&is->peer->sock);
	is->connect_pending = false;
	mutex_unlock(&is->sock.mu);
	return err;
}

static ssize_t tcp_send(struct sock *sk, struct sock_msg *m)
{
	struct inet_sock *is = to_inet(sk);
	cleanup_sock struct sock *peer = NULL;
	ssize_t n;

	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	n = send_peer(is, &peer);
	if (!n)
		n = peer ? stream_send(&tcp_rules, sk, peer, m) : send_to_closed(is, m);
	if (n == -EPIPE)
		sock_sigpipe(m);
	return n;
}

static ssize_t tcp_recv(struct sock *sk, struct sock_msg *m)
{
	struct inet_sock *is = to_inet(sk);
	enum inet_state state;

	if (m->flags & MSG_OOB)
		return -EINVAL;
	mutex_lock(&sk->mu);
	state = is->state;
	is->connect_pending = false;
	mutex_unlock(&sk->mu);
	if (state == INET_LISTENING || (state == INET_UNCONNECTED && !sk->rx.shutdown))
		return sock_take_err(sk) ?: -ENOTCONN;
	return stream_recv(&tcp_rules, sk, m);
}

int tcp_stop_listening(struct inet_sock *is)
{
	struct list_head backlog;
	int err;

	mutex_lock(&is->sock.mu);
	is->state = INET_UNCONNECTED;
	sock_backlog_take_locked(&is->sock, &backlog);
	err = inet_set_listening(is, false);
	mutex_unlock(&is->sock.mu);
	sock_backlog_refuse(&is->sock, &backlog);
	sock_wake(&is->sock, EPOLLIN | EPOLLHUP);
	return err;
}

static int tcp_shutdown(struct sock *sk, int how)
{
	struct inet_sock *is = to_inet(sk), *p;
	u8 bits = (u8)(how + 1);
	enum inet_state state;

	mutex_lock(&sk->mu);
	state = is->state;
	if (state == INET_CONNECTED)
		sk->shutdown |= bits;
	mutex_unlock(&sk->mu);
	if (state == INET_LISTENING)
		return bits & SHUT_RD_BIT ? tcp_stop_listening(is) : 0;
	if (state != INET_CONNECTED)
		return -ENOTCONN;
	end_reading(sk, bits);
	p = bits & SHUT_WR_BIT ? tcp_peer_get(is) : NULL;
	if (p) {
		end_reading(&p->sock, SHUT_RD_BIT);
		sock_wake(&p->sock, EPOLLIN | EPOLLRDHUP | EPOLLHUP);
		sock_put(&p->sock);
	}
	sock_wake(sk, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP);
	return 0;
}

static bool is_writable(struct sock *sk, struct inet_sock *p)
{
	bool yes;

	mutex_lock(&p->sock.rx.mu);
	yes = skb_queue_size(&p->sock.rx) * 3 <= (size_t)sk->sndbuf * 2;
	mutex_unlock(&p->sock.rx.mu);
	return yes;
}

static poll_t connected_events(struct inet_sock *is)
{
	struct sock *sk = &is->sock;
	struct inet_sock *p = tcp_peer_get(is);
	poll_t ev = 0;
	u8 down;

	mutex_lock(&sk->rx.mu);
	down = sk->rx.shutdown;
	if (sk->rx.bytes || (down & SHUT_RD_BIT))
		ev |= EPOLLIN | EPOLLRDNORM;
	mutex_unlock(&sk->rx.mu);
	if (down & SHUT_RD_BIT)
		ev |= EPOLLRDHUP;
	if (down == (SHUT_RD_BIT | SHUT_WR_BIT))
		ev |= EPOLLHUP;
	if (!p || (down & SHUT_WR_BIT) || is_writable(sk, p))
		ev |= EPOLLOUT | EPOLLWRNORM;
	if (p)
		sock_put(&p->sock);
	return ev;
}

static poll_t tcp_poll(struct sock *sk)
{
	struct inet_sock *is = to_inet(sk);
	enum inet_state state;
	poll_t ev;

	mutex_lock(&sk->mu);
	state = is->state;
	ev = state == INET_LISTENING && !list_empty(&sk->backlog) ? EPOLLIN | EPOLLRDNORM : 0;
	mutex_unlock(&sk->mu);
	if (state == INET_CONNECTED)
		ev |= connected_events(is);
	else if (state == INET_UNCONNECTED)
		/* As on Linux, a socket that was never connected hangs up. */
		ev |= EPOLLOUT | EPOLLWRNORM | EPOLLHUP;
	if (__atomic_load_n(&sk->err, __ATOMIC_RELAXED))
		ev |= EPOLLERR | EPOLLIN | EPOLLRDNORM;
	return ev;
}

const struct sock_ops tcp_ops = {
	.bind = inet_bind,
	.connect = tcp_connect,
	.listen = tcp_listen,
	.accept = sock_accept,
	.getname = inet_getname,
	.sendmsg = tcp_send,
	.recvmsg = tcp_recv,
	.shutdown = tcp_shutdown,
	.poll = tcp_poll,
	.ioctl = inet_ioctl,
	.setsockopt = inet_setsockopt,
	.getsockopt = inet_getsockopt,
	.close = tcp_close,
	.release = inet_release,
};
