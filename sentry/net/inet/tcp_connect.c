/*
 * TCP connections: listen, connect, accept.
 *
 * connect() makes the server's end itself and leaves it, connected, in the
 * listener's backlog.  There is no network in between that could be slow, yet a
 * connect that may not sleep answers EINPROGRESS first, as Linux does even on
 * its loopback, and the result is fetched by SO_ERROR or a second connect.
 */
#include <sys/epoll.h>

#include "kernel/task.h"
#include "net/inet/inet.h"

int tcp_listen(struct sock *sk, struct task *t, int backlog)
{
	struct inet_sock *is = to_inet(sk);
	int err;

	(void)t;
	mutex_lock(&sk->mu);
	err = is->state == INET_UNCONNECTED || is->state == INET_LISTENING ? inet_autobind(is)
									   : -EINVAL;
	if (!err)
		err = inet_set_listening(is, true);
	if (!err) {
		is->state = INET_LISTENING;
		sock_set_backlog_locked(sk, backlog);
	}
	mutex_unlock(&sk->mu);
	if (!err)
		waitq_wake(&sk->room_wq, EPOLLOUT);
	return err;
}

/* What a connect(2) on @is means in its present state; 1: go on. */
static int connect_state_locked(struct inet_sock *is) REQUIRES(is->sock.mu)
{
	switch (is->state) {
	case INET_UNCONNECTED:
		return sock_take_err(&is->sock) ?: 1;
	case INET_CONNECTED:
		if (!is->connect_pending)
			return -EISCONN;
		is->connect_pending = false;
		return 0;
	case INET_LISTENING:
		return -EISCONN;
	case INET_CLOSED:
		break;
	}
	return -EINVAL;
}

static void link_locked(struct inet_sock *is, struct inet_sock *listener, struct inet_sock *end,
			const struct inet_addr *dst)
{
	struct inet_addr local = inet_local(is);

	end->state = is->state = INET_CONNECTED;
	is->remote = *dst;
	end->remote = local;
	is->peer = end;
	sock_get(&end->sock);
	end->peer = is;
	sock_get(&is->sock);
	end->opts = listener->opts;
	end->sock.rcvbuf = listener->sock.rcvbuf;
	end->sock.sndbuf = listener->sock.sndbuf;
	end->sock.keepalive = listener->sock.keepalive;
	end->sock.linger = listener->sock.linger;
	inet_inherit_port(end, dst);
	sock_backlog_add_locked(&listener->sock, &end->sock);
}

struct attempt {
	struct inet_sock *from, *listener, *end;
	const struct inet_addr *dst;
};

/* One try: 0, an error, or -EAGAIN when the backlog is full. */
static int try_connect(void *arg)
{
	struct attempt *a = arg;
	int err = 0;

	mutex_lock_pair(&a->from->sock.mu, &a->listener->sock.mu);
	if (a->listener->state != INET_LISTENING)
		err = -ECONNREFUSED;
	else if (a->from->state != INET_UNCONNECTED)
		err = -EISCONN;
	else if (sock_backlog_full(&a->listener->sock))
		err = -EAGAIN;
	else
		link_locked(a->from, a->listener, a->end, a->dst);
	mutex_unlock_pair(&a->from->sock.mu, &a->listener->sock.mu);
	if (!err)
		sock_wake(&a->listener->sock, EPOLLIN);
	return err;
}

static int connect_to(struct inet_sock *is, const struct inet_addr *dst, bool nonblock)
{
	cleanup_sock struct sock *found = NULL, *made = NULL;
	struct attempt try = {.from = is, .dst = dst};
	struct inet_addr src;
	int err = inet_autobind(is);

	if (err)
		return err;
	inet_set_local(is, dst);
	src = inet_local(is);
	try.listener = inet_find(SOCK_STREAM, dst, &src, true);
	if (!try.listener)
		return -ECONNREFUSED;
	found = &try.listener->sock;
	err = inet_alloc(&tcp_ops, found->family, SOCK_STREAM, IPPROTO_TCP, &try.end);
	if (err)
		return err;
	made = &try.end->sock;
	err = sock_try_wait(&is->sock, &found->room_wq, try_connect, &try, nonblock);
	/* The time-out passed: as on Linux, the connection is still being made. */
	if (err == -EAGAIN && !nonblock)
		err = -EINPROGRESS;
	/* Connected: the reference is the backlog's. */
	if (!err)
		(void)steal(&made);
	return err;
}

/* connect(2) to AF_UNSPEC: as good as new. */
static int disconnect(struct inet_sock *is)
{
	struct sock *sk = &is->sock;
	int err = sk->listening ? tcp_stop_listening(is) : 0;

	if (err)
		return err;
	tcp_reset(is, 0);
	inet_unbind(is);
	mutex_lock(&sk->mu);
	is->connect_pending = false;
	sk->shutdown = 0;
	mutex_unlock(&sk->mu);
	skb_queue_clear(&sk->rx);
	mutex_lock(&sk->rx.mu);
	sk->rx.shutdown = 0;
	mutex_unlock(&sk->rx.mu);
	return 0;
}

int tcp_connect(struct sock *sk, struct task *t, const struct sockaddr_storage *a, socklen_t len,
		bool nonblock)
{
	struct inet_sock *is = to_inet(sk);
	struct inet_addr dst;
	int err;

	(void)t;
	if (len >= sizeof(sa_family_t) && a->ss_family == AF_UNSPEC)
		return disconnect(is);
	err = inet_addr_from(sk->family, a, len, &dst);
	if (err)
		return err;
	mutex_lock(&sk->mu);
	err = connect_state_locked(is);
	mutex_unlock(&sk->mu);
	if (err <= 0)
		return err;
	if (inet_is_any(&dst))
		dst = inet_loopback_for(&dst);
	if (!inet_is_local(&dst))
		return -ENETUNREACH;
	err = connect_to(is, &dst, nonblock);
	if (!nonblock || err == -EINTR || err == -ERESTARTSYS || err == -EADDRNOTAVAIL)
		return err;
	if (err && err != -EAGAIN)
		sock_set_err(sk, -err);
	mutex_lock(&sk->mu);
	is->connect_pending = !err;
	mutex_unlock(&sk->mu);
	sock_wake(sk, EPOLLOUT);
	return -EINPROGRESS;
}
