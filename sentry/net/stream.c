/* Streams of bytes between two socks (stream.h). */
#include "net/stream.h"

#include <sys/epoll.h>

#include "kernel/signal.h"
#include "kernel/task.h"
#include "net/scm.h"

void sock_sigpipe(const struct sock_msg *m)
{
	siginfo_t info;

	if ((m->flags & MSG_NOSIGNAL) || !m->task)
		return;
	signal_info_user(&info, SIGPIPE, SI_USER, m->task);
	/* It cannot fail for one that is alive and calls us. */
	(void)signal_send_task(m->task, &info);
}

/* Will nobody read, or may @sk not write any more. */
static bool is_refused(const struct stream_rules *rules, const struct sock *sk,
		       const struct sock *to)
{
	u8 down = to->rx.shutdown;

	if (__atomic_load_n(&sk->shutdown, __ATOMIC_RELAXED) & SHUT_WR_BIT)
		return true;
	if (rules->deaf_takes)
		return down == (SHUT_RD_BIT | SHUT_WR_BIT);
	return down & SHUT_RD_BIT;
}

/* Room at the receiver.  The sender waits on its own queue. */
static int wait_room_locked(const struct stream_rules *rules, struct sock *sk, struct sock *to,
			    bool nonblock, u64 deadline) REQUIRES(to->rx.mu)
{
	int err = 0;

	while (!err && !is_refused(rules, sk, to) && skb_queue_size(&to->rx) >= (size_t)sk->sndbuf)
		err = sock_wait_locked(sk, EPOLLOUT, &to->rx.mu, nonblock, deadline);
	if (!err && is_refused(rules, sk, to))
		err = -EPIPE;
	return err;
}

static int queue_skb(const struct stream_rules *rules, struct sock *sk, struct sock *to,
		     struct skb *skb, bool nonblock, u64 deadline)
{
	int err;

	mutex_lock(&to->rx.mu);
	err = wait_room_locked(rules, sk, to, nonblock, deadline);
	if (!err)
		skb_queue_add_locked(&to->rx, skb);
	mutex_unlock(&to->rx.mu);
	if (!err)
		sock_wake(to, EPOLLIN);
	return err;
}

/* One piece from the guest to the receiver; bytes or an error. */
static ssize_t send_piece(const struct stream_rules *rules, struct sock *sk, struct sock *to,
			  struct sock_msg *m, u64 deadline)
{
	size_t len = min(iov_iter_count(m->iter), (size_t)SOCK_SKB_MAX);
	struct skb *skb = skb_create(len);
	int err = skb ? copy_from_iter(skb->data, m->iter, len) : -ENOBUFS;

	if (!err) {
		skb->len = len;
		if (rules->attach)
			err = rules->attach(sk, to, m, skb);
	}
	if (!err)
		err = queue_skb(rules, sk, to, skb, m->flags & MSG_DONTWAIT, deadline);
	if (err) {
		skb_free(skb);
		return err;
	}
	return (ssize_t)len;
}

ssize_t stream_send(const struct stream_rules *rules, struct sock *sk, struct sock *to,
		    struct sock_msg *m)
{
	u64 deadline = sock_deadline(sk->sndtimeo);
	ssize_t done = 0;

	while (iov_iter_count(m->iter)) {
		ssize_t n = send_piece(rules, sk, to, m, deadline);

		if (n < 0)
			return done ? done : n;
		done += n;
	}
	return done;
}

/* Where a reader stands. */
struct reader {
	const struct stream_rules *rules;
	struct sock *sk;
	struct sock_msg *m;
	const struct skb *first;   /* whose descriptors and credentials are given */
	struct list_head consumed; /* to be freed once the lock is dropped */
	ssize_t done;
};

static void consume_locked(struct reader *r, struct skb *skb, size_t n) REQUIRES(r->sk->rx.mu)
{
	skb->off += n;
	r->sk->rx.bytes -= n;
	if (skb->off < skb->len)
		return;
	list_move_tail(&skb->node, &r->consumed);
	r->sk->rx.len--;
}

static ssize_t copy_out(const struct sock_msg *m, const struct skb *skb, size_t n)
{
	/* MSG_TRUNC throws the bytes of a stream away. */
	if (m->flags & MSG_TRUNC) {
		iov_iter_advance(m->iter, n);
		return (ssize_t)n;
	}
	return copy_to_iter_some(m->iter, skb->data + skb->off, n);
}

/* Copy from one piece: 0 to go on, 1 to stop, -EFAULT if nothing could be copied. */
static int take_one_locked(struct reader *r, struct skb *skb) REQUIRES(r->sk->rx.mu)
{
	bool peek = r->m->flags & MSG_PEEK;
	size_t n = min(skb->len - skb->off, iov_iter_count(r->m->iter));
	ssize_t moved;

	if (!n ||
	    (r->first && r->rules->same_source && !r->rules->same_source(r->sk, r->first, skb)))
		return 1;
	moved = copy_out(r->m, skb, n);
	if (moved < 0)
		return r->done ? 1 : -EFAULT;
	if (!r->first) {
		r->first = skb;
		if (r->rules->give)
			r->rules->give(r->m, skb, peek);
	}
	r->done += moved;
	if (!peek)
		consume_locked(r, skb, (size_t)moved);
	return (size_t)moved < n || (r->m->scm && r->m->scm->nr_files);
}

static int take_queued_locked(struct reader *r) REQUIRES(r->sk->rx.mu)
{
	struct skb *skb, *next;
	int stop = 0;

	list_for_each_entry_safe (skb, next, &r->sk->rx.skbs, node) {
		stop = take_one_locked(r, skb);
		if (stop)
			break;
	}
	return stop;
}

/* The sender may wait for the room that was made. */
static void wake_sender(const struct stream_rules *rules, struct sock *sk)
{
	struct sock *peer = rules->peer_get(sk);

	if (!peer)
		return;
	sock_wake(peer, EPOLLOUT);
	sock_put(peer);
}

/* Before a reader that has got something sleeps for more. */
static void tell_room_locked(const struct reader *r) REQUIRES(r->sk->rx.mu)
{
	if (!r->done || !list_empty(&r->sk->rx.skbs))
		return;
	mutex_unlock(&r->sk->rx.mu);
	wake_sender(r->rules, r->sk);
	mutex_lock(&r->sk->rx.mu);
}

ssize_t stream_recv(const struct stream_rules *rules, struct sock *sk, struct sock_msg *m)
{
	struct reader r = {.rules = rules, .sk = sk, .m = m};
	bool wait_all = (m->flags & (MSG_WAITALL | MSG_PEEK)) == MSG_WAITALL;
	u64 deadline = sock_deadline(sk->rcvtimeo);
	int err;

	list_init(&r.consumed);
	mutex_lock(&sk->rx.mu);
	do {
		tell_room_locked(&r);
		err = sock_wait_skb_locked(sk, m->flags & MSG_DONTWAIT, deadline);
		if (err || list_empty(&sk->rx.skbs))
			break;
		err = take_queued_locked(&r);
	} while (!err && wait_all && iov_iter_count(m->iter));
	mutex_unlock(&sk->rx.mu);
	while (!list_empty(&r.consumed)) {
		struct skb *skb = list_first_entry(&r.consumed, struct skb, node);

		list_del(&skb->node);
		skb_free(skb);
	}
	if (r.done && !(m->flags & MSG_PEEK))
		wake_sender(rules, sk);
	return r.done ? r.done : min(err, 0);
}
