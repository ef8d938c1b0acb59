/*
 * Sockets: the part every protocol family shares.
 *
 * A struct sock is the protocol's end; it is counted, since peers and queues
 * hold it.  A struct file (socket_file.c) is what descriptors reach; its release
 * closes the sock, which may live on until its peers let go.
 *
 *	file --(counted)--> sock --ops--> unix, inet
 *	file <----(weak)---- sock            guarded by file_lock
 *
 * Locks: mu (LOCK_SOCKET) guards state and options; rx.mu (LOCK_SOCKBUF) the
 * receive queue and what decides about it.  Own before peer's never happens:
 * two socks are locked with mutex_lock_pair().
 */
#pragma once
#include <sys/socket.h>
#include <sys/un.h>

#include "lib/base.h"
#include "lib/iov_iter.h"
#include "lib/list.h"
#include "lib/mutex.h"
#include "lib/ref.h"
#include "lib/waitq.h"

struct cred;
struct file;
struct scm;
struct sock;
struct task;

#define SOCK_BUF_DEFAULT 212992 /* net.core.wmem_default and rmem_default */
#define SOCK_BUF_MAX     425984 /* what SO_SNDBUF may ask for, doubled */
#define SOCK_BUF_MIN     4608
#define SOCK_BUF_FORCED                                                           \
	(16 << 20) /* what SO_SNDBUFFORCE may, doubled: it is the sentry's memory \
		    */
#define SOMAXCONN_LIMIT 4096
#define SOCK_SKB_MAX    (32u << 10) /* largest piece of a stream */
#define SKB_COST        256 /* what an empty message takes of a buffer, as Linux counts its own */

#define SHUT_RD_BIT     1
#define SHUT_WR_BIT     2

/* One message, or piece of a stream, on its way. */
struct skb {
	struct list_head node;
	struct scm *scm; /* descriptors and credentials; NULL: none */
	struct sockaddr_storage from;
	socklen_t from_len;
	size_t len;  /* bytes in data */
	size_t off;  /* read so far */
	size_t size; /* room of data; immutable */
	u8 data[] bytes_aligned;
};

/*
 * skb_create - room for @size bytes, which are whatever they were
 *
 * Return: NULL when memory is short, or what all queues hold reaches the
 * bound of the sandbox.
 */
struct skb *skb_create(size_t size) must_check;
void skb_free(struct skb *skb); /* Locks: none: descriptors in it may be released. */

struct skb_queue {
	struct mutex mu;       /* LOCK_SOCKBUF */
	struct list_head skbs; /* guarded by mu */
	size_t bytes;          /* guarded by mu: unread ones */
	u32 len;               /* guarded by mu: skbs */
	u8 shutdown; /* guarded by mu: SHUT_RD_BIT: no more comes; SHUT_WR_BIT: mirrors the peer */
};

/* skb_queue_size - what is queued, as buffers count it */
static inline size_t skb_queue_size(const struct skb_queue *q)
{
	return q->bytes + (size_t)q->len * SKB_COST;
}

/* skb_queue_add_locked - @skb is the last now; q->mu is held */
void skb_queue_add_locked(struct skb_queue *q, struct skb *skb);

/* The message of a sendmsg or recvmsg. */
struct sock_msg {
	struct task *task;
	struct iov_iter *iter;
	int flags;                    /* MSG_*; O_NONBLOCK is MSG_DONTWAIT */
	bool has_name;                /* send: a destination is given */
	struct sockaddr_storage name; /* send: checked for length only; recv: filled */
	socklen_t name_len;
	struct scm *scm; /* send: what goes along, consumed; recv: what came, the caller's */
	int out_flags;   /* recv: MSG_TRUNC, MSG_EOR */
};

/*
 * What a protocol does.
 *
 *               may sleep  locks held   if NULL
 *   release     yes        none         must be set: frees the sock
 *   close       yes        none         nothing
 *   all others  yes        none         -EOPNOTSUPP
 *   poll        no         none         must be set
 */
struct sock_ops {
	int (*bind)(struct sock *sk, struct task *t, const struct sockaddr_storage *a,
		    socklen_t len);
	int (*connect)(struct sock *sk, struct task *t, const struct sockaddr_storage *a,
		       socklen_t len, bool nonblock);
	int (*listen)(struct sock *sk, struct task *t, int backlog);
	int (*accept)(struct sock *sk, bool nonblock, struct sock **ret);
	int (*getname)(struct sock *sk, bool peer, struct sockaddr_storage *ret, socklen_t *len);
	ssize_t (*sendmsg)(struct sock *sk, struct sock_msg *m);
	ssize_t (*recvmsg)(struct sock *sk, struct sock_msg *m);
	int (*shutdown)(struct sock *sk, int how);
	poll_t (*poll)(struct sock *sk);
	int (*ioctl)(struct sock *sk, struct task *t, unsigned cmd, u64 arg);
	/* Levels other than SOL_SOCKET; @val was copied in, or goes out with *@len. */
	int (*setsockopt)(struct sock *sk, struct task *t, int level, int name, const void *val,
			  socklen_t len);
	int (*getsockopt)(struct sock *sk, int level, int name, void *val, socklen_t *len);
	void (*close)(struct sock *sk);
	void (*release)(struct sock *sk);
};

struct sock {
	struct ref ref;
	const struct sock_ops *ops; /* immutable */
	int family, type, protocol; /* immutable */
	struct waitq wq;

	struct spinlock file_lock;
	struct file *file; /* guarded by file_lock; weak; NULL: no descriptor (yet, or any more) */

	struct mutex mu; /* LOCK_SOCKET; guards from here to rx */
	int err;         /* SO_ERROR; atomic */
	u8 shutdown;     /* SHUT_*_BIT */
	bool listening;
	bool reuseaddr, reuseport, keepalive, broadcast, oobinline, dontroute;
	bool passcred, timestamp;
	struct linger linger;
	int rcvbuf, sndbuf, rcvlowat, priority, mark;
	u64 rcvtimeo, sndtimeo; /* ns; 0: for ever */
	struct ucred peercred;  /* pid 0: unknown */

	/* Of listeners: connections to be accepted, and who waits for room among them. */
	struct list_head backlog; /* pending of each */
	u32 backlog_len, backlog_max;
	struct list_head pending;       /* on a listener's backlog; guarded by the listener's mu */
	bool made_by_connect, accepted; /* an end that connect made; accept(2) has returned it */
	struct waitq room_wq;           /* connectors, and senders of messages to this one */

	struct skb_queue rx;
};

/* sock_init - the base of a protocol's sock; one reference */
void sock_init(struct sock *sk, const struct sock_ops *ops, int family, int type, int protocol);
/* sock_fini - for ops->release: what is still queued goes */
void sock_fini(struct sock *sk);
struct sock *sock_get(struct sock *sk);
void sock_put(struct sock *sk); /* Locks: none.  May sleep. */

static inline void sock_put_cleanup(struct sock **sk)
{
	if (*sk)
		sock_put(*sk);
}

#define cleanup_sock __attribute__((cleanup(sock_put_cleanup)))

/* sock_wake - tell those who wait on @sk, and the owner of O_ASYNC */
void sock_wake(struct sock *sk, poll_t events);

/* sock_set_err - what SO_ERROR and the next call say; wakes */
void sock_set_err(struct sock *sk, int err);

/* sock_take_err - the pending error as -errno, cleared; 0: none */
int sock_take_err(struct sock *sk);

/* sock_deadline - of a wait that starts now, for an SO_*TIMEO of @timeo ns */
u64 sock_deadline(u64 timeo);

/*
 * sock_wait_locked - sleep until sock_wake(@sk, @events); in a loop over the condition
 *
 * Return: 0, -EAGAIN (@nonblock, or the deadline passed), -ERESTARTSYS, or -EINTR
 * when a signal came and there is a deadline, as on Linux.
 */
int sock_wait_locked(struct sock *sk, poll_t events, struct mutex *mu, bool nonblock, u64 deadline)
	must_check REQUIRES(*mu);

/*
 * sock_try_wait - call @try until it says something else than -EAGAIN
 *
 * Sleeps on @wq between, as sock_wait_locked() does; SO_SNDTIMEO of @sk counts.
 */
int sock_try_wait(struct sock *sk, struct waitq *wq, int (*try)(void *arg), void *arg,
		  bool nonblock) must_check;

/* sock_wait_skb_locked - sleep until rx has something: 0 (empty: the end), or an error */
int sock_wait_skb_locked(struct sock *sk, bool nonblock, u64 deadline)
	must_check REQUIRES(sk->rx.mu);

/*
 * sock_recv_message - one whole message from rx
 * @give: hands over what goes along besides the name, or NULL; under rx.mu: may not release files
 * @ret_before: how many were queued before one was taken; 0: none was
 *
 * Return: its bytes; 0 at the end; or an error.
 */
ssize_t sock_recv_message(struct sock *sk, struct sock_msg *m,
			  void (*give)(struct sock_msg *m, struct skb *skb, bool peek),
			  u32 *ret_before) must_check;

/* sock_set_backlog_locked - listen(2)'s number, as Linux takes it; sk->mu is held */
void sock_set_backlog_locked(struct sock *sk, int backlog);
/* sock_backlog_full - would one more be too many; sk->mu is held */
bool sock_backlog_full(const struct sock *sk);
/* sock_backlog_add_locked - @end waits to be accepted; its reference goes to the list */
void sock_backlog_add_locked(struct sock *listener, struct sock *end);
/* sock_backlog_take_locked - all that wait go to @ret; sk->mu is held */
void sock_backlog_take_locked(struct sock *sk, struct list_head *ret);
/* sock_backlog_refuse - those that nobody accepted are closed; Locks: none */
void sock_backlog_refuse(struct sock *listener, struct list_head *backlog);
/* sock_accept - the accept of every family that has backlogs */
int sock_accept(struct sock *sk, bool nonblock, struct sock **ret);

/* Whose a sock is, as its file's inode says; 0 for one that has no file. */
struct sock_owner {
	u32 uid;
	u64 ino;
};
/* sock_owner - see above; Locks: none needed */
struct sock_owner sock_owner(const struct sock *sk);

/* sock_discard - close @sk, which has no file, and drop the reference */
void sock_discard(struct sock *sk);

/* sock_creds - who @t is, for SO_PEERCRED and SCM_CREDENTIALS */
struct ucred sock_creds(struct task *t);

/* skb_queue_clear - free all; Locks: none */
void skb_queue_clear(struct skb_queue *q);

/*
 * socket_file_create_take - a descriptor's file for @sk; consumes the reference
 * @flags: SOCK_NONBLOCK
 * @cred: who the socket's inode belongs to
 */
int socket_file_create_take(struct sock *sk, int flags, const struct cred *cred, struct file **ret)
	must_check;

/* file_to_sock - the sock of a file, or NULL if it is no socket; not counted */
struct sock *file_to_sock(const struct file *f);

/* socket_create - the family's sock; socket(2)'s errors */
int socket_create(struct task *t, int family, int type, int protocol, struct sock **ret) must_check;

/* socket_pair - two connected ones; -EOPNOTSUPP where the family has none */
int socket_pair(struct task *t, int family, int type, int protocol, struct sock *ret[2]) must_check;

/* Families register at start-up. */
struct sock_family {
	int family;
	int (*create)(struct task *t, int type, int protocol, struct sock **ret);
	int (*pair)(struct task *t, int type, int protocol, struct sock *ret[2]); /* or NULL */
};
/* sock_family_register - socket(2) makes sockets of @f from now on; kept, not copied */
void sock_family_register(const struct sock_family *f);

/* SOL_SOCKET (sockopt.c); the caller has copied @val in, or copies *@len bytes out */
int sock_setsockopt(struct sock *sk, struct task *t, int name, const void *val, socklen_t len);
int sock_getsockopt(struct sock *sk, int name, void *val, socklen_t *len);

/* net_init - register what is built in; 0 or -ENOMEM */
int net_init(void) must_check;
