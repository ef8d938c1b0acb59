/* Unix sockets (unix.h): made, paired, polled, shut down, closed. */
#include "net/unix/unix.h"

#include <linux/sockios.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/uaccess.h"
#include "net/internal.h"
#include "net/scm.h"

static const struct sock_ops stream_ops, dgram_ops, seqpacket_ops;

struct unix_sock *unix_peer_get(struct unix_sock *u)
{
	struct unix_sock *p;

	mutex_lock(&u->sock.mu);
	p = u->peer;
	if (p)
		sock_get(&p->sock);
	mutex_unlock(&u->sock.mu);
	return p;
}

int unix_attach(struct unix_sock *u, struct unix_sock *to, struct sock_msg *m, struct skb *skb)
{
	skb->scm = steal(&m->scm);
	if (!u->sock.passcred && !to->sock.passcred && !skb->scm)
		return 0;
	if (!skb->scm)
		skb->scm = kzalloc(sizeof(*skb->scm));
	if (!skb->scm)
		return -ENOMEM;
	if (!skb->scm->has_cred && m->task) {
		skb->scm->cred = sock_creds(m->task);
		skb->scm->has_cred = true;
	}
	return 0;
}

void unix_give_scm(struct sock_msg *m, struct skb *skb, bool peek)
{
	memcpy(&m->name, &skb->from, skb->from_len);
	m->name_len = skb->from_len;
	if (m->scm || !skb->scm)
		return;
	m->scm = peek ? scm_dup(skb->scm) : steal(&skb->scm);
}

/* Word of room at the peer, for those who poll us; under its room_wq's lock. */
static bool room_made(struct waitq_entry *e, poll_t events)
{
	struct unix_sock *u = container_of(e, struct unix_sock, room_entry);

	(void)events;
	sock_wake(&u->sock, EPOLLOUT);
	return false;
}

struct unix_sock *unix_swap_peer_locked(struct unix_sock *u, struct unix_sock *p)
{
	struct unix_sock *old = u->peer;

	u->peer = p;
	if (u->sock.type == SOCK_DGRAM && old)
		waitq_remove(&old->sock.room_wq, &u->room_entry);
	if (u->sock.type == SOCK_DGRAM && p)
		waitq_add(&p->sock.room_wq, &u->room_entry);
	return old;
}

static void unlink_peer(struct unix_sock *u, struct unix_sock *p, bool unread)
{
	struct sockaddr_storage name;
	socklen_t len;
	bool linked;

	unix_name_of(u, &name, &len);
	mutex_lock(&p->sock.mu);
	linked = p->peer == u;
	if (linked) {
		p->peer = NULL;
		p->sock.shutdown = SHUT_RD_BIT | SHUT_WR_BIT;
		memcpy(&p->lost, &name, len);
		p->lost_len = len;
	}
	mutex_unlock(&p->sock.mu);
	if (!linked)
		return;
	mutex_lock(&p->sock.rx.mu);
	p->sock.rx.shutdown = SHUT_RD_BIT | SHUT_WR_BIT;
	mutex_unlock(&p->sock.rx.mu);
	if (unread)
		__atomic_store_n(&p->sock.err, ECONNRESET, __ATOMIC_RELEASE);
	sock_wake(&p->sock, EPOLLIN | EPOLLOUT | EPOLLHUP | EPOLLRDHUP | EPOLLERR);
	sock_put(&u->sock);
}

static void unix_close(struct sock *sk)
{
	struct unix_sock *u = to_unix(sk), *p;
	struct list_head backlog;
	bool unread;

	unix_unbind(u);
	mutex_lock(&sk->rx.mu);
	sk->rx.shutdown = SHUT_RD_BIT | SHUT_WR_BIT;
	unread = sk->rx.len || sk->rx.bytes;
	mutex_unlock(&sk->rx.mu);
	mutex_lock(&sk->mu);
	/* A client in the backlog is reset too, though nothing of it was read. */
	unread |= sk->made_by_connect && !sk->accepted;
	u->state = UNIX_CLOSED;
	sk->shutdown = SHUT_RD_BIT | SHUT_WR_BIT;
	p = unix_swap_peer_locked(u, NULL);
	sock_backlog_take_locked(sk, &backlog);
	mutex_unlock(&sk->mu);
	if (p) {
		if (sk->type != SOCK_DGRAM)
			unlink_peer(u, p, unread);
		sock_put(&p->sock);
	}
	skb_queue_clear(&sk->rx);
	sock_backlog_refuse(sk, &backlog);
}

static void unix_release(struct sock *sk)
{
	struct unix_sock *u = to_unix(sk);

	sock_fini(sk);
	kfree(u);
}

static int unix_shutdown(struct sock *sk, int how)
{
	struct unix_sock *u = to_unix(sk);
	u8 bits = (u8)(how + 1);
	struct unix_sock *p;

	mutex_lock(&sk->mu);
	sk->shutdown |= bits;
	mutex_unlock(&sk->mu);
	mutex_lock(&sk->rx.mu);
	sk->rx.shutdown |= bits;
	mutex_unlock(&sk->rx.mu);
	p = sk->type == SOCK_DGRAM ? NULL : unix_peer_get(u);
	if (p) {
		/* What we no longer read they cannot write, and the other way round. */
		u8 theirs = (u8)((bits & SHUT_RD_BIT ? SHUT_WR_BIT : 0) |
				 (bits & SHUT_WR_BIT ? SHUT_RD_BIT : 0));

		mutex_lock(&p->sock.mu);
		p->sock.shutdown |= theirs;
		mutex_unlock(&p->sock.mu);
		mutex_lock(&p->sock.rx.mu);
		p->sock.rx.shutdown |= theirs;
		mutex_unlock(&p->sock.rx.mu);
		sock_wake(&p->sock, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP);
		sock_put(&p->sock);
	}
	sock_wake(sk, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP);
	return 0;
}

static poll_t read_events(struct sock *sk, u8 *ret_shutdown)
{
	poll_t ev = 0;

	mutex_lock(&sk->rx.mu);
	*ret_shutdown = sk->rx.shutdown;
	if (!list_empty(&sk->rx.skbs) || (sk->rx.shutdown & SHUT_RD_BIT))
		ev |= EPOLLIN | EPOLLRDNORM;
	mutex_unlock(&sk->rx.mu);
	return ev;
}

/* As Linux: writable while less than a quarter of the buffer is in flight. */
static bool is_writable(struct unix_sock *u, struct unix_sock *p)
{
	bool yes, by_count = p && unix_counts(u, p);

	if (!p)
		return true;
	mutex_lock(&p->sock.rx.mu);
	if (by_count)
		yes = p->sock.rx.len <= UNIX_DGRAM_QLEN;
	else
		yes = skb_queue_size(&p->sock.rx) * 4 <= (size_t)u->sock.sndbuf;
	mutex_unlock(&p->sock.rx.mu);
	return yes;
}

static poll_t unix_poll(struct sock *sk)
{
	struct unix_sock *u = to_unix(sk), *p;
	enum unix_state state;
	u8 shutdown;
	poll_t ev;

	mutex_lock(&sk->mu);
	state = u->state;
	ev = state == UNIX_LISTENING && !list_empty(&sk->backlog) ? EPOLLIN | EPOLLRDNORM : 0;
	mutex_unlock(&sk->mu);
	if (state == UNIX_LISTENING)
		return ev;
	ev = read_events(sk, &shutdown);
	if (__atomic_load_n(&sk->err, __ATOMIC_RELAXED))
		ev |= EPOLLERR;
	if (shutdown & SHUT_RD_BIT)
		ev |= EPOLLRDHUP;
	if (shutdown == (SHUT_RD_BIT | SHUT_WR_BIT))
		ev |= EPOLLHUP;
	/* As on Linux, a connection-oriented socket without a connection hangs up. */
	if (sk->type != SOCK_DGRAM && state == UNIX_UNCONNECTED)
		ev |= EPOLLHUP;
	p = unix_peer_get(u);
	if (is_writable(u, p))
		ev |= EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;
	if (p)
		sock_put(&p->sock);
	return ev;
}

static int unix_ioctl(struct sock *sk, struct task *t, unsigned cmd, u64 arg)
{
	struct unix_sock *u = to_unix(sk), *p;
	int n = 0;

	switch (cmd) {
	case SIOCINQ:
		if (u->state == UNIX_LISTENING)
			return -EINVAL;
		mutex_lock(&sk->rx.mu);
		if (sk->type == SOCK_STREAM)
			n = (int)sk->rx.bytes;
		else if (!list_empty(&sk->rx.skbs))
			n = (int)list_first_entry(&sk->rx.skbs, struct skb, node)->len;
		mutex_unlock(&sk->rx.mu);
		return put_user(t, n, arg);
	case SIOCOUTQ:
		p = unix_peer_get(u);
		if (p) {
			mutex_lock(&p->sock.rx.mu);
			n = (int)p->sock.rx.bytes;
			mutex_unlock(&p->sock.rx.mu);
			sock_put(&p->sock);
		}
		return put_user(t, n, arg);
	}
	return net_device_ioctl(t, cmd, arg);
}

static const struct sock_ops stream_ops = {
	.bind = unix_bind,
	.connect = unix_stream_connect,
	.listen = unix_listen,
	.accept = sock_accept,
	.getname = unix_getname,
	.sendmsg = unix_stream_send,
	.recvmsg = unix_stream_recv,
	.shutdown = unix_shutdown,
	.poll = unix_poll,
	.ioctl = unix_ioctl,
	.close = unix_close,
	.release = unix_release,
};

static const struct sock_ops dgram_ops = {
	.bind = unix_bind,
	.connect = unix_dgram_connect,
	.getname = unix_getname,
	.sendmsg = unix_dgram_send,
	.recvmsg = unix_dgram_recv,
	.shutdown = unix_shutdown,
	.poll = unix_poll,
	.ioctl = unix_ioctl,
	.close = unix_close,
	.release = unix_release,
};

static const struct sock_ops seqpacket_ops = {
	.bind = unix_bind,
	.connect = unix_stream_connect,
	.listen = unix_listen,
	.accept = sock_accept,
	.getname = unix_getname,
	.sendmsg = unix_seqpacket_send,
	.recvmsg = unix_dgram_recv,
	.shutdown = unix_shutdown,
	.poll = unix_poll,
	.ioctl = unix_ioctl,
	.close = unix_close,
	.release = unix_release,
};

int unix_alloc(int type, struct unix_sock **ret)
{
	struct unix_sock *u = kzalloc(sizeof(*u));

	if (!u)
		return -ENOMEM;
	sock_init(&u->sock,
		  type == SOCK_STREAM      ? &stream_ops
		  : type == SOCK_SEQPACKET ? &seqpacket_ops
					   : &dgram_ops,
		  AF_UNIX, type, 0);
	waitq_entry_init_fn(&u->room_entry, 0, room_made);
	*ret = u;
	return 0;
}

static int unix_create(struct task *t, int type, int protocol, struct sock **ret)
{
	struct unix_sock *u;
	int err;

	(void)t;
	if (protocol && protocol != PF_UNIX)
		return -EPROTONOSUPPORT;
	/* As on Linux, raw Unix sockets are datagrams. */
	if (type == SOCK_RAW)
		type = SOCK_DGRAM;
	if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET)
		return -ESOCKTNOSUPPORT;
	err = unix_alloc(type, &u);
	if (!err)
		*ret = &u->sock;
	return err;
}

static int unix_pair(struct task *t, int type, int protocol, struct sock *ret[2])
{
	int err = unix_create(t, type, protocol, &ret[0]);

	if (err)
		return err;
	err = unix_create(t, type, protocol, &ret[1]);
	if (err) {
		sock_put(ret[0]);
		return err;
	}
	for (int i = 0; i < 2; i++) {
		struct unix_sock *u = to_unix(ret[i]);

		u->state = UNIX_CONNECTED;
		sock_get(ret[!i]);
		mutex_lock(&u->sock.mu);
		/* A new one has no old peer. */
		(void)unix_swap_peer_locked(u, to_unix(ret[!i]));
		mutex_unlock(&u->sock.mu);
		ret[i]->peercred = sock_creds(t);
	}
	return 0;
}

static const struct sock_family unix_family = {
	.family = AF_UNIX,
	.create = unix_create,
	.pair = unix_pair,
};

void unix_init(void)
{
	sock_family_register(&unix_family);
}
