/*
 * Bytes of Unix stream sockets: net/stream.c with descriptors and credentials.
 *
 * One read stops at a piece that carries descriptors or, with SO_PASSCRED, comes
 * from somebody else, as Linux does.
 */
#include <sys/epoll.h>

#include "net/scm.h"
#include "net/stream.h"
#include "net/unix/unix.h"

static int attach(struct sock *sk, struct sock *to, struct sock_msg *m, struct skb *skb)
{
	return unix_attach(to_unix(sk), to_unix(to), m, skb);
}

static bool same_source(const struct sock *sk, const struct skb *a, const struct skb *b)
{
	if (b->scm && b->scm->nr_files)
		return false;
	if (!sk->passcred || !a->scm || !b->scm)
		return true;
	return !memcmp(&a->scm->cred, &b->scm->cred, sizeof(a->scm->cred));
}

static struct sock *peer_get(struct sock *sk)
{
	struct unix_sock *p = unix_peer_get(to_unix(sk));

	return p ? &p->sock : NULL;
}

static const struct stream_rules unix_rules = {
	.peer_get = peer_get,
	.attach = attach,
	.give = unix_give_scm,
	.same_source = same_source,
};

/* Whom to send to, counted, if we may. */
static int send_peer(struct unix_sock *u, struct sock **ret)
{
	int err = sock_take_err(&u->sock);

	if (err)
		return err;
	mutex_lock(&u->sock.mu);
	if (u->sock.shutdown & SHUT_WR_BIT)
		err = -EPIPE;
	else if (!u->peer)
		err = u->state == UNIX_CONNECTED ? -EPIPE : -ENOTCONN;
	else
		*ret = sock_get(&u->peer->sock);
	mutex_unlock(&u->sock.mu);
	return err;
}

ssize_t unix_stream_send(struct sock *sk, struct sock_msg *m)
{
	struct unix_sock *u = to_unix(sk);
	cleanup_sock struct sock *peer = NULL;
	ssize_t n;

	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (m->has_name)
		return u->state == UNIX_CONNECTED ? -EISCONN : -EOPNOTSUPP;
	n = send_peer(u, &peer);
	if (!n)
		n = stream_send(&unix_rules, sk, peer, m);
	if (n == -EPIPE)
		sock_sigpipe(m);
	return n;
}

ssize_t unix_stream_recv(struct sock *sk, struct sock_msg *m)
{
	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (to_unix(sk)->state != UNIX_CONNECTED)
		return -EINVAL;
	return stream_recv(&unix_rules, sk, m);
}
