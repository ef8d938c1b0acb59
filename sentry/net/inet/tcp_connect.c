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
#include "lib/park.h"
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
		/* As Linux, a negative one is a huge one. */
		is->backlog_max =
			(u32)min(backlog < 0 ? SOMAXCONN_LIMIT : backlog, SOMAXCONN_LIMIT);
	}
	mutex_unlock(&sk->mu);
	if (!err)
		waitq_wake(&is->room_wq, EPOLLOUT);
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
	list_add_tail(&end->pending, &listener->backlog);
	listener->backlog_len++;
}

/* One try: 0, an error, or -EAGAIN when the backlog is full. */
static int try_connect(struct inet_sock *is, struct inet_sock *listener, struct inet_sock *end,
		       const struct inet_addr *dst)
{
	int err = 0;

	mutex_lock_pair(&is->sock.mu, &listener->sock.mu);
	if (listener->state != INET_LISTENING)
		err = -ECONNREFUSED;
	else if (is->state != INET_UNCONNECTED)
		err = -EISCONN;
	else if (listener->backlog_len > listener->backlog_max)
		err = -EAGAIN;
	else
		link_locked(is, listener, end, dst);
	mutex_unlock_pair(&is->sock.mu, &listener->sock.mu);
	if (!err)
		sock_wake(&listener->sock, EPOLLIN);
	return err;
}

static int connect_wait(struct inet_sock *is, struct inet_sock *listener, struct inet_sock *end,
			const struct inet_addr *dst, bool nonblock)
{
	u64 timeo = is->sock.sndtimeo, deadline = sock_deadline(timeo);
	struct waitq_entry e;
	int err = try_connect(is, listener, end, dst);

	if (err != -EAGAIN || nonblock)
		return err;
	waitq_entry_init(&e, EPOLLOUT);
	waitq_add(&listener->room_wq, &e);
	while ((err = try_connect(is, listener, end, dst)) == -EAGAIN) {
		if (park_interrupted(e.parker)) {
			err = timeo ? -EINTR : -ERESTARTSYS;
			break;
		}
		if (now_ns() >= deadline) {
			err = -EINPROGRESS;
			break;
		}
		park(deadline);
	}
	waitq_remove(&listener->room_wq, &e);
	return err;
}

static int connect_to(struct inet_sock *is, const struct inet_addr *dst, bool nonblock)
{
	cleanup_sock struct sock *found = NULL, *made = NULL;
	struct inet_sock *listener, *end;
	struct inet_addr src;
	int err = inet_autobind(is);

	if (err)
		return err;
	inet_set_local(is, dst);
	src = inet_local(is);
	listener = inet_find(SOCK_STREAM, dst, &src, true);
	if (!listener)
		return -ECONNREFUSED;
	found = &listener->sock;
	err = inet_alloc(&tcp_ops, found->family, SOCK_STREAM, IPPROTO_TCP, &end);
	if (err)
		return err;
	made = &end->sock;
	err = connect_wait(is, listener, end, dst, nonblock);
	/* Connected: the reference is the backlog's. */
	if (!err)
		(void)steal(&made);
	return err;
}

static int disconnect(struct inet_sock *is)
{
	mutex_lock(&is->sock.mu);
	is->connect_pending = false;
	mutex_unlock(&is->sock.mu);
	tcp_reset(is, 0);
	inet_unbind(is);
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

int tcp_accept(struct sock *sk, bool nonblock, struct sock **ret)
{
	struct inet_sock *is = to_inet(sk), *end = NULL;
	u64 deadline = sock_deadline(sk->rcvtimeo);
	int err = 0;

	mutex_lock(&sk->mu);
	while (!err && is->state == INET_LISTENING && list_empty(&is->backlog))
		err = sock_wait_locked(sk, EPOLLIN, &sk->mu, nonblock, deadline);
	if (!err && is->state != INET_LISTENING)
		err = -EINVAL;
	if (!err) {
		end = list_first_entry(&is->backlog, struct inet_sock, pending);
		list_del(&end->pending);
		is->backlog_len--;
	}
	mutex_unlock(&sk->mu);
	if (err)
		return err;
	waitq_wake(&is->room_wq, EPOLLOUT);
	*ret = &end->sock;
	return 0;
}
