/*
 * Unix sockets: stream, datagram and sequenced packets, by path, abstract name
 * or pair.
 *
 * A sock and its peer count each other; close() breaks the link on both sides.
 * What one sends is queued at the other (rx), charged against the sender's SO_SNDBUF.
 *
 * Locks: unix_names_mu (LOCK_LEAF) guards the abstract names.  u->sock.mu guards
 * peer, address and state; pairs by address.  rx.mu of the receiver is taken after.
 */
#pragma once
#include "fs/path.h"
#include "net/sock.h"

struct inode;

enum unix_state { UNIX_UNCONNECTED, UNIX_LISTENING, UNIX_CONNECTED, UNIX_CLOSED };

struct unix_name;

struct unix_sock {
	struct sock sock; /* base */

	/* guarded by sock.mu */
	enum unix_state state;
	struct unix_sock *peer; /* counted */
	struct sockaddr_un addr;
	socklen_t addr_len;     /* 0: not bound */
	struct path path;       /* of a bound path; counted */
	struct unix_name *name; /* of a bound abstract name */
	/* A connection's, once the peer is closed: what it was called. */
	struct sockaddr_un lost;
	socklen_t lost_len;
	struct waitq_entry room_entry; /* datagrams: on the peer's room_wq; tells our pollers */
};

static inline struct unix_sock *to_unix(struct sock *sk)
{
	return container_of(sk, struct unix_sock, sock);
}

/* unix_alloc - an unconnected socket of @type, holding one reference; -ENOMEM */
int unix_alloc(int type, struct unix_sock **ret) must_check;

/* unix_peer_get - the counted peer or NULL */
struct unix_sock *unix_peer_get(struct unix_sock *u);

/* unix_swap_peer_locked - @p (counted, may be NULL) is the peer now; returns the old one's count */
struct unix_sock *unix_swap_peer_locked(struct unix_sock *u, struct unix_sock *p)
	REQUIRES(u->sock.mu);

/* addr.c: names */
int unix_bind(struct sock *sk, struct task *t, const struct sockaddr_storage *a, socklen_t len);
int unix_autobind(struct unix_sock *u);
int unix_getname(struct sock *sk, bool peer, struct sockaddr_storage *ret, socklen_t *len);
/* unix_find - the counted sock bound to @a; -ECONNREFUSED, -EPROTOTYPE, or the walk's error */
int unix_find(struct task *t, const struct sockaddr_storage *a, socklen_t len, int type,
	      struct unix_sock **ret) must_check;
void unix_unbind(struct unix_sock *u);

/* connect.c: connections of streams and seqpackets */
int unix_stream_connect(struct sock *sk, struct task *t, const struct sockaddr_storage *a,
			socklen_t len, bool nonblock);
int unix_listen(struct sock *sk, struct task *t, int backlog);

/* stream.c, dgram.c: bytes */
ssize_t unix_stream_send(struct sock *sk, struct sock_msg *m);
ssize_t unix_stream_recv(struct sock *sk, struct sock_msg *m);
ssize_t unix_dgram_send(struct sock *sk, struct sock_msg *m);
ssize_t unix_seqpacket_send(struct sock *sk, struct sock_msg *m);
ssize_t unix_dgram_recv(struct sock *sk, struct sock_msg *m);
int unix_dgram_connect(struct sock *sk, struct task *t, const struct sockaddr_storage *a,
		       socklen_t len, bool nonblock);

/* unix_attach - what goes along with @skb: m->scm is taken, credentials added where wanted */
int unix_attach(struct unix_sock *u, struct unix_sock *to, struct sock_msg *m, struct skb *skb)
	must_check;

/* unix_give_scm - to the receiver: descriptors (taken, or copied for a peek), credentials, name */
void unix_give_scm(struct sock_msg *m, struct skb *skb, bool peek);

/* unix_name_of - the bound address as a sender's; length 0 when unbound */
void unix_name_of(struct unix_sock *u, struct sockaddr_storage *ret, socklen_t *len);

/*
 * unix_counts - is what @u may queue at @p bounded by number, not by size
 *
 * As on Linux, a datagram socket that talks to us alone is like a connection.
 */
bool unix_counts(struct unix_sock *u, struct unix_sock *p);

/* Most datagrams that wait in one queue (net.unix.max_dgram_qlen). */
#define UNIX_DGRAM_QLEN 10
