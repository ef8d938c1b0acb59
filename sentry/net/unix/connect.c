/*
 * Connections of stream and seqpacket sockets: listen, connect, accept.
 *
 * connect() makes the server's end itself and leaves it in the listener's
 * backlog, already connected: the client may write before accept() is called.
 */
#include <sys/epoll.h>

#include "kernel/task.h"
#include "lib/park.h"
#include "net/unix/unix.h"

int unix_listen(struct sock *sk, struct task *t, int backlog)
{
	struct unix_sock *u = to_unix(sk);
	int err = 0;

	if (sk->type == SOCK_DGRAM)
		return -EOPNOTSUPP;
	mutex_lock(&sk->mu);
	if (!u->addr_len || (u->state != UNIX_UNCONNECTED && u->state != UNIX_LISTENING)) {
		err = -EINVAL;
	} else {
		u->state = UNIX_LISTENING;
		sk->listening = true;
		u->backlog_max = (u32)min(backlog < 0 ? SOMAXCONN_LIMIT : backlog, SOMAXCONN_LIMIT);
		sk->peercred = sock_creds(t);
	}
	mutex_unlock(&sk->mu);
	if (!err)
		waitq_wake(&u->room_wq, EPOLLOUT);
	return err;
}

static int pair_state(struct unix_sock *u, struct unix_sock *listener)
{
	if (listener->state != UNIX_LISTENING)
		return -ECONNREFUSED;
	switch (u->state) {
	case UNIX_UNCONNECTED:
		return 0;
	case UNIX_CONNECTED:
		return -EISCONN;
	case UNIX_LISTENING:
	case UNIX_CLOSED:
		break;
	}
	return -EINVAL;
}

/* Link @u with the new end @end and queue that one; both socks' mu are held. */
static void link_locked(struct unix_sock *u, struct unix_sock *listener, struct unix_sock *end,
			struct task *t)
{
	end->state = u->state = UNIX_CONNECTED;
	end->sock.passcred = listener->sock.passcred;
	end->peer = u;
	sock_get(&u->sock);
	u->peer = end;
	sock_get(&end->sock);
	end->addr = listener->addr;
	end->addr_len = listener->addr_len;
	end->sock.peercred = sock_creds(t);
	u->sock.peercred = listener->sock.peercred;
	list_add_tail(&end->pending, &listener->backlog);
	listener->backlog_len++;
}

/* One try: 0, an error, or -EAGAIN when the backlog is full. */
static int try_connect(struct unix_sock *u, struct unix_sock *listener, struct unix_sock *end,
		       struct task *t)
{
	int err;

	mutex_lock_pair(&u->sock.mu, &listener->sock.mu);
	err = u == listener ? -EINVAL : pair_state(u, listener);
	if (!err && listener->backlog_len > listener->backlog_max)
		err = -EAGAIN;
	if (!err)
		link_locked(u, listener, end, t);
	mutex_unlock_pair(&u->sock.mu, &listener->sock.mu);
	return err;
}

static int connect_wait(struct unix_sock *u, struct unix_sock *listener, struct unix_sock *end,
			struct task *t, bool nonblock)
{
	u64 timeo = u->sock.sndtimeo, deadline = sock_deadline(timeo);
	struct waitq_entry e;
	int err = try_connect(u, listener, end, t);

	if (err != -EAGAIN || nonblock)
		return err;
	waitq_entry_init(&e, EPOLLOUT);
	waitq_add(&listener->room_wq, &e);
	while ((err = try_connect(u, listener, end, t)) == -EAGAIN) {
		if (park_interrupted(e.parker)) {
			err = timeo ? -EINTR : -ERESTARTSYS;
			break;
		}
		if (now_ns() >= deadline)
			break;
		park(deadline);
	}
	waitq_remove(&listener->room_wq, &e);
	return err;
}

int unix_stream_connect(struct sock *sk, struct task *t, const struct sockaddr_storage *a,
			socklen_t len, bool nonblock)
{
	cleanup_sock struct sock *found = NULL, *made = NULL;
	struct unix_sock *listener, *end;
	int err = 0;

	if (sk->passcred)
		err = unix_autobind(to_unix(sk));
	if (!err)
		err = unix_find(t, a, len, sk->type, &listener);
	if (err)
		return err;
	found = &listener->sock;
	err = unix_alloc(sk->type, &end);
	if (err)
		return err;
	/* On success this reference is the backlog's. */
	made = &end->sock;
	err = connect_wait(to_unix(sk), listener, end, t, nonblock);
	if (err)
		return err;
	(void)steal(&made);
	sock_wake(found, EPOLLIN);
	return 0;
}

int unix_accept(struct sock *sk, bool nonblock, struct sock **ret)
{
	struct unix_sock *u = to_unix(sk), *end = NULL;
	u64 deadline = sock_deadline(sk->rcvtimeo);
	int err = 0;

	if (sk->type == SOCK_DGRAM)
		return -EOPNOTSUPP;
	mutex_lock(&sk->mu);
	while (!err && u->state == UNIX_LISTENING && list_empty(&u->backlog))
		err = sock_wait_locked(sk, EPOLLIN, &sk->mu, nonblock, deadline);
	if (!err && u->state != UNIX_LISTENING)
		err = -EINVAL;
	if (!err) {
		end = list_first_entry(&u->backlog, struct unix_sock, pending);
		list_del(&end->pending);
		u->backlog_len--;
	}
	mutex_unlock(&sk->mu);
	if (err)
		return err;
	waitq_wake(&u->room_wq, EPOLLOUT);
	*ret = &end->sock;
	return 0;
}
