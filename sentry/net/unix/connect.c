/*
 * Connections of stream and seqpacket sockets: listen, connect, accept.
 *
 * connect() makes the server's end itself and leaves it in the listener's
 * backlog, already connected: the client may write before accept() is called.
 */
#include <sys/epoll.h>

#include "kernel/task.h"
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
		sock_set_backlog_locked(sk, backlog);
		sk->peercred = sock_creds(t);
	}
	mutex_unlock(&sk->mu);
	if (!err)
		waitq_wake(&sk->room_wq, EPOLLOUT);
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
	sock_backlog_add_locked(&listener->sock, &end->sock);
}

struct attempt {
	struct unix_sock *from, *listener, *end;
	struct task *task;
};

/* One try: 0, an error, or -EAGAIN when the backlog is full. */
static int try_connect(void *arg)
{
	struct attempt *a = arg;
	int err;

	mutex_lock_pair(&a->from->sock.mu, &a->listener->sock.mu);
	err = a->from == a->listener ? -EINVAL : pair_state(a->from, a->listener);
	if (!err && sock_backlog_full(&a->listener->sock))
		err = -EAGAIN;
	if (!err)
		link_locked(a->from, a->listener, a->end, a->task);
	mutex_unlock_pair(&a->from->sock.mu, &a->listener->sock.mu);
	return err;
}

int unix_stream_connect(struct sock *sk, struct task *t, const struct sockaddr_storage *a,
			socklen_t len, bool nonblock)
{
	cleanup_sock struct sock *found = NULL, *made = NULL;
	struct attempt try = {.from = to_unix(sk), .task = t};
	int err = 0;

	if (sk->passcred)
		err = unix_autobind(to_unix(sk));
	if (!err)
		err = unix_find(t, a, len, sk->type, &try.listener);
	if (err)
		return err;
	found = &try.listener->sock;
	err = unix_alloc(sk->type, &try.end);
	if (err)
		return err;
	/* On success this reference is the backlog's. */
	made = &try.end->sock;
	err = sock_try_wait(sk, &found->room_wq, try_connect, &try, nonblock);
	if (err)
		return err;
	(void)steal(&made);
	sock_wake(found, EPOLLIN);
	return 0;
}
