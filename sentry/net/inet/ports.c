/*
 * The table of ports: who is bound where, for TCP and UDP each.
 *
 * A chain a port number, so that finding the receiver of a message costs the
 * same however many sockets there are.
 *
 * Locks: ports_mu (LOCK_PORTS).
 */
#include <linux/capability.h>

#include "host/host.h"
#include "kernel/task.h"
#include "net/inet/inet.h"

#define PORT_CHAINS     4096
#define PRIVILEGED_PORT 1024
#define EPHEMERAL_FIRST 32768
#define EPHEMERAL_LAST  60999

static struct mutex ports_mu; /* LOCK_PORTS */

/* All zero until it is first looked at: a sandbox without sockets touches none of its pages. */
static struct list_head chains[2][PORT_CHAINS]; /* guarded by ports_mu */

__attribute__((constructor)) static void ports_init(void)
{
	mutex_init(&ports_mu, LOCK_PORTS);
}

static struct list_head *chain_of(int type, u16 port)
{
	struct list_head *chain = &chains[type == SOCK_DGRAM][port % PORT_CHAINS];

	if (!chain->next)
		list_init(chain);
	return chain;
}

/* Do two bound addresses have one in common. */
static bool overlap(const struct inet_sock *a, const struct inet_sock *b)
{
	bool a4 = inet_is_v4(&a->local), b4 = inet_is_v4(&b->local);

	if (inet_is_any(&a->local) && inet_is_any(&b->local))
		return a4 == b4 || !(a4 ? b : a)->opts.v6only;
	if (inet_is_any(&a->local))
		return a4 == b4 || (!a4 && !a->opts.v6only);
	if (inet_is_any(&b->local))
		return a4 == b4 || (!b4 && !b->opts.v6only);
	return inet_ip_equal(&a->local, &b->local);
}

static bool may_share(const struct inet_sock *a, const struct inet_sock *b)
{
	if (a->sock.reuseport && b->sock.reuseport)
		return true;
	if (!a->sock.reuseaddr || !b->sock.reuseaddr)
		return false;
	return a->sock.type == SOCK_DGRAM || (!a->sock.listening && !b->sock.listening);
}

static bool conflict_locked(const struct inet_sock *is)
{
	struct inet_sock *o;

	list_for_each_entry (o, chain_of(is->sock.type, is->local.port), port_node) {
		if (o != is && o->local.port == is->local.port && overlap(is, o) &&
		    !may_share(is, o))
			return true;
	}
	return false;
}

static void hash_locked(struct inet_sock *is)
{
	is->bound = true;
	list_add_tail(&is->port_node, chain_of(is->sock.type, is->local.port));
}

/* A free port, looked for from a random one on. */
static int pick_port_locked(struct inet_sock *is)
{
	const u32 range = EPHEMERAL_LAST - EPHEMERAL_FIRST + 1;
	u32 start;
	int err = host_getrandom(&start, sizeof(start));

	for (u32 i = 0; !err && i < range; i++) {
		is->local.port = (u16)(EPHEMERAL_FIRST + (start + i) % range);
		if (!conflict_locked(is))
			return 0;
	}
	is->local.port = 0;
	return err ? err : -EADDRINUSE;
}

static int bind_locked(struct inet_sock *is, const struct inet_addr *a)
{
	int err = 0;

	if (is->bound)
		return -EINVAL;
	is->local = *a;
	if (!a->port)
		err = pick_port_locked(is);
	else if (conflict_locked(is))
		err = -EADDRINUSE;
	if (err)
		is->local = (struct inet_addr){0};
	else
		hash_locked(is);
	return err;
}

int inet_bind(struct sock *sk, struct task *t, const struct sockaddr_storage *a, socklen_t len)
{
	struct inet_sock *is = to_inet(sk);
	struct inet_addr addr;
	int err = inet_addr_from(sk->family, a, len, &addr);

	if (!err && sk->family == AF_INET6 && a->ss_family != AF_INET6)
		err = -EINVAL;
	if (err)
		return err;
	if (!inet_is_any(&addr) && !inet_is_local(&addr) && !is->opts.freebind)
		return -EADDRNOTAVAIL;
	if (inet_is_v4(&addr) && sk->family == AF_INET6 && is->opts.v6only)
		return -EINVAL;
	if (addr.port && addr.port < PRIVILEGED_PORT && !task_capable(t, CAP_NET_BIND_SERVICE))
		return -EACCES;
	mutex_lock(&ports_mu);
	err = bind_locked(is, &addr);
	mutex_unlock(&ports_mu);
	return err;
}

int inet_autobind(struct inet_sock *is)
{
	struct inet_addr any = INET_ANY;
	int err = 0;

	if (is->sock.family == AF_INET)
		any.ip.s6_addr[10] = any.ip.s6_addr[11] = 0xff;
	mutex_lock(&ports_mu);
	if (!is->bound)
		err = bind_locked(is, &any);
	mutex_unlock(&ports_mu);
	return err == -EADDRINUSE ? -EADDRNOTAVAIL : err;
}

void inet_set_local(struct inet_sock *is, const struct inet_addr *ip)
{
	mutex_lock(&ports_mu);
	if (inet_is_any(&is->local))
		is->local.ip = ip->ip;
	mutex_unlock(&ports_mu);
}

void inet_inherit_port(struct inet_sock *end, const struct inet_addr *local)
{
	mutex_lock(&ports_mu);
	end->local = *local;
	/* A connection does not keep others from listening where its listener did. */
	end->sock.reuseaddr = true;
	hash_locked(end);
	mutex_unlock(&ports_mu);
}

int inet_set_listening(struct inet_sock *is, bool listening)
{
	bool before;
	int err = 0;

	mutex_lock(&ports_mu);
	before = is->sock.listening;
	is->sock.listening = listening;
	if (listening && !before && conflict_locked(is)) {
		is->sock.listening = before;
		err = -EADDRINUSE;
	}
	mutex_unlock(&ports_mu);
	return err;
}

void inet_unbind(struct inet_sock *is)
{
	mutex_lock(&ports_mu);
	list_del(&is->port_node);
	is->bound = false;
	mutex_unlock(&ports_mu);
}

void inet_set_remote(struct inet_sock *is, const struct inet_addr *a)
{
	mutex_lock(&is->sock.mu);
	mutex_lock(&ports_mu);
	is->state = a ? INET_CONNECTED : INET_UNCONNECTED;
	is->remote = a ? *a : INET_ANY;
	mutex_unlock(&ports_mu);
	mutex_unlock(&is->sock.mu);
}

struct inet_addr inet_local(struct inet_sock *is)
{
	struct inet_addr a;

	mutex_lock(&ports_mu);
	a = is->local;
	mutex_unlock(&ports_mu);
	return a;
}

/* How well @is fits a message: 0 not at all. */
static int score(const struct inet_sock *is, const struct inet_addr *dst,
		 const struct inet_addr *src)
{
	int s = 1;

	if (is->local.port != dst->port)
		return 0;
	if (inet_is_any(&is->local)) {
		if (inet_is_v4(dst) != inet_is_v4(&is->local) &&
		    (inet_is_v4(&is->local) || is->opts.v6only))
			return 0;
	} else {
		if (!inet_ip_equal(&is->local, dst))
			return 0;
		s += 2;
	}
	if (is->sock.type == SOCK_DGRAM && is->state == INET_CONNECTED) {
		if (is->remote.port != src->port || !inet_ip_equal(&is->remote, src))
			return 0;
		s += 4;
	}
	return s;
}

struct inet_sock *inet_find(int type, const struct inet_addr *dst, const struct inet_addr *src,
			    bool listening)
{
	struct inet_sock *is, *best = NULL;
	int most = 0;

	mutex_lock(&ports_mu);
	list_for_each_entry (is, chain_of(type, dst->port), port_node) {
		int s = listening && !is->sock.listening ? 0 : score(is, dst, src);

		if (s > most) {
			most = s;
			best = is;
		}
	}
	if (best && !ref_get_unless_zero(&best->sock.ref))
		best = NULL;
	mutex_unlock(&ports_mu);
	return best;
}

void inet_for_each(int type, void (*fn)(const struct inet_sock *is, void *arg), void *arg)
{
	struct inet_sock *is;

	mutex_lock(&ports_mu);
	for (int i = 0; i < PORT_CHAINS; i++) {
		if (!chains[type == SOCK_DGRAM][i].next)
			continue;
		list_for_each_entry (is, chain_of(type, (u16)i), port_node)
			fn(is, arg);
	}
	mutex_unlock(&ports_mu);
}
