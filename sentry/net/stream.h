/*
 * Bytes from one sock to its peer: what stream sockets of every family share.
 *
 * The sender copies into pieces of at most SOCK_SKB_MAX and queues them at its
 * peer's rx; the receiver takes bytes from the first piece on.
 *
 * Locks: the receiver's rx.mu for queue and shutdown.
 */
#pragma once
#include "net/sock.h"

/* What a family adds; members may be NULL. */
struct stream_rules {
	/* Fill what goes along with @skb, sent to @to; may sleep; no locks. */
	int (*attach)(struct sock *sk, struct sock *to, struct sock_msg *m, struct skb *skb);
	/* Hand it to the receiver; under rx.mu: may not release files. */
	void (*give)(struct sock_msg *m, struct skb *skb, bool peek);
	/* The counted sock that sends to @sk, or NULL: it hears of room. */
	struct sock *(*peer_get)(struct sock *sk);
	/* Does a receiver that read no more, but writes, still take bytes (TCP). */
	bool deaf_takes;
	/* May one read go on from @a to @b. */
	bool (*same_source)(const struct sock *sk, const struct skb *a, const struct skb *b);
};

/*
 * stream_send - queue what @m brings at @to
 *
 * Sleeps for room unless MSG_DONTWAIT.
 * Return: bytes, or -EAGAIN, -EPIPE (nobody will read), -EFAULT, -ENOBUFS, -ERESTARTSYS.
 */
ssize_t stream_send(const struct stream_rules *rules, struct sock *sk, struct sock *to,
		    struct sock_msg *m) must_check;

/*
 * stream_recv - take bytes from @sk's queue: MSG_PEEK, MSG_WAITALL, MSG_DONTWAIT, MSG_TRUNC
 *
 * Wakes the peer, which may wait for room.
 * Return: bytes; 0 at the end; a pending error.
 */
ssize_t stream_recv(const struct stream_rules *rules, struct sock *sk, struct sock_msg *m)
	must_check;

/* sock_sigpipe - after -EPIPE: the signal, unless MSG_NOSIGNAL */
void sock_sigpipe(const struct sock_msg *m);
