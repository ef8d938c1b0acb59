/*
 * The connections that wait at a listener: what unix and TCP share (sock.h).
 *
 * Locks: the listener's mu.
 */
#include <sys/epoll.h>

#include "net/sock.h"

void sock_set_backlog_locked(struct sock *sk, int backlog)
{
	/* As Linux, a negative one is a huge one. */
	sk->backlog_max = (u32)min(backlog < 0 ? SOMAXCONN_LIMIT : backlog, SOMAXCONN_LIMIT);
}

bool sock_backlog_full(const struct sock *sk)
{
	return sk->backlog_len > sk->backlog_max;
}

void sock_backlog_add_locked(struct sock *listener, struct sock *end)
{
	end->made_by_connect = true;
	list_add_tail(&end->pending, &listener->backlog);
	listener->backlog_len++;
}

void sock_backlog_take_locked(struct sock *sk, struct list_head *ret)
{
	list_init(ret);
	list_splice_tail(&sk->backlog, ret);
	sk->backlog_len = 0;
}

void sock_backlog_refuse(struct sock *listener, struct list_head *backlog)
{
	while (!list_empty(backlog)) {
		struct sock *end = list_first_entry(backlog, struct sock, pending);

		list_del(&end->pending);
		sock_discard(end);
	}
	waitq_wake(&listener->room_wq, EPOLLOUT);
}

int sock_accept(struct sock *sk, bool nonblock, struct sock **ret)
{
	u64 deadline = sock_deadline(sk->rcvtimeo);
	struct sock *end = NULL;
	int err = 0;

	mutex_lock(&sk->mu);
	while (!err && sk->listening && list_empty(&sk->backlog))
		err = sock_wait_locked(sk, EPOLLIN, &sk->mu, nonblock, deadline);
	if (!err && !sk->listening)
		err = -EINVAL;
	if (!err) {
		end = list_first_entry(&sk->backlog, struct sock, pending);
		list_del(&end->pending);
		sk->backlog_len--;
		end->accepted = true;
	}
	mutex_unlock(&sk->mu);
	if (err)
		return err;
	waitq_wake(&sk->room_wq, EPOLLOUT);
	*ret = end;
	return 0;
}
