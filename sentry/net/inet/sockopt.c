/*
 * Options of IP, IPv6, TCP and UDP.
 *
 * On a loopback without wires most have nothing to act on: they are checked as
 * Linux checks them, kept, and given back.
 */
#include <linux/capability.h>
#include <netinet/tcp.h>

#include "kernel/task.h"
#include "net/inet/inet.h"

/* Where an integer option is kept, and what is allowed; min > max: a flag. */
struct int_opt {
	int level, name;
	int low, high;
	size_t offset;
	bool flag;
};

#define OPT(level, name, low, high, field)                                       \
	{                                                                        \
		level, name, low, high, offsetof(struct inet_opts, field), false \
	}
#define FLAG(level, name, field)                                           \
	{                                                                  \
		level, name, 0, 0, offsetof(struct inet_opts, field), true \
	}

static const struct int_opt int_opts[] = {
	OPT(IPPROTO_IP, IP_TOS, 0, 255, tos),
	OPT(IPPROTO_IP, IP_TTL, 1, 255, ttl),
	OPT(IPPROTO_IP, IP_MULTICAST_TTL, 0, 255, mcast_ttl),
	OPT(IPPROTO_IP, IP_MULTICAST_LOOP, 0, 1, mcast_loop),
	FLAG(IPPROTO_IP, IP_RECVTTL, recvttl),
	FLAG(IPPROTO_IP, IP_RECVERR, recverr),
	FLAG(IPPROTO_IP, IP_FREEBIND, freebind),
	FLAG(IPPROTO_IP, IP_PKTINFO, recvpktinfo),
	FLAG(IPPROTO_IP, IP_MTU_DISCOVER, mtu_discover),
	FLAG(IPPROTO_IPV6, IPV6_V6ONLY, v6only),
	OPT(IPPROTO_IPV6, IPV6_UNICAST_HOPS, -1, 255, hops),
	OPT(IPPROTO_IPV6, IPV6_TCLASS, -1, 255, tclass),
	OPT(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, -1, 255, mcast_ttl),
	OPT(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0, 1, mcast_loop),
	OPT(IPPROTO_IPV6, IPV6_MULTICAST_IF, 0, 1, mcast_if),
	FLAG(IPPROTO_IPV6, IPV6_RECVPKTINFO, recvpktinfo),
	FLAG(IPPROTO_IPV6, IPV6_RECVERR, recverr),
	FLAG(IPPROTO_IPV6, IPV6_MTU_DISCOVER, mtu_discover),
	FLAG(IPPROTO_TCP, TCP_NODELAY, nodelay),
	FLAG(IPPROTO_TCP, TCP_CORK, cork),
	FLAG(IPPROTO_TCP, TCP_QUICKACK, quickack),
	OPT(IPPROTO_TCP, TCP_MAXSEG, 88, 32767, maxseg),
	OPT(IPPROTO_TCP, TCP_KEEPIDLE, 1, 32767, keepidle),
	OPT(IPPROTO_TCP, TCP_KEEPINTVL, 1, 32767, keepintvl),
	OPT(IPPROTO_TCP, TCP_KEEPCNT, 1, 127, keepcnt),
	OPT(IPPROTO_TCP, TCP_SYNCNT, 1, 127, syncnt),
	OPT(IPPROTO_TCP, TCP_LINGER2, INT32_MIN, INT32_MAX, linger2),
	OPT(IPPROTO_TCP, TCP_DEFER_ACCEPT, INT32_MIN, INT32_MAX, defer_accept),
	OPT(IPPROTO_TCP, TCP_USER_TIMEOUT, 0, INT32_MAX, user_timeout),
	OPT(IPPROTO_TCP, TCP_FASTOPEN, 0, INT32_MAX, fastopen),
	OPT(IPPROTO_TCP, TCP_NOTSENT_LOWAT, INT32_MIN, INT32_MAX, notsent_lowat),
};

static const struct int_opt *find_opt(const struct sock *sk, int level, int name)
{
	if ((level == IPPROTO_TCP && sk->type != SOCK_STREAM) ||
	    (level == IPPROTO_IPV6 && sk->family != AF_INET6))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(int_opts); i++)
		if (int_opts[i].level == level && int_opts[i].name == name)
			return &int_opts[i];
	return NULL;
}

static void *place_of(struct sock *sk, const struct int_opt *o)
{
	return (u8 *)&to_inet(sk)->opts + o->offset;
}

/* IP options may come as one byte. */
static int read_int(int level, const void *val, socklen_t len, int *ret)
{
	if (len >= sizeof(int)) {
		memcpy(ret, val, sizeof(int));
		return 0;
	}
	if (level != IPPROTO_IP || !len)
		return -EINVAL;
	*ret = *(const u8 *)val;
	return 0;
}

static int set_int(struct sock *sk, const struct int_opt *o, int n)
{
	struct inet_sock *is = to_inet(sk);

	if (o->name == IPV6_V6ONLY && o->level == IPPROTO_IPV6 && is->bound)
		return -EINVAL;
	if (!o->flag && (n < o->low || n > o->high))
		return -EINVAL;
	mutex_lock(&sk->mu);
	if (o->flag)
		*(bool *)place_of(sk, o) = n != 0;
	else
		*(int *)place_of(sk, o) = n;
	mutex_unlock(&sk->mu);
	return 0;
}

/* What has no integer, or needs a network that is not there. */
static int set_other(struct task *t, int level, int name)
{
	if (level == IPPROTO_IP && (name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP))
		return -ENODEV;
	if (level == IPPROTO_IPV6 && (name == IPV6_ADD_MEMBERSHIP || name == IPV6_DROP_MEMBERSHIP))
		return -ENODEV;
	if (level == IPPROTO_IP && name == IP_TRANSPARENT)
		return task_capable(t, CAP_NET_ADMIN) ? -ENOPROTOOPT : -EPERM;
	return -ENOPROTOOPT;
}

static int set_congestion(const void *val, socklen_t len)
{
	if (len >= 5 && !memcmp(val, "cubic", 5))
		return 0;
	if (len >= 4 && !memcmp(val, "reno", 4))
		return 0;
	return -ENOENT;
}

int inet_setsockopt(struct sock *sk, struct task *t, int level, int name, const void *val,
		    socklen_t len)
{
	const struct int_opt *o = find_opt(sk, level, name);
	int n, err;

	if (level == IPPROTO_TCP && name == TCP_CONGESTION && sk->type == SOCK_STREAM)
		return set_congestion(val, len);
	if (!o)
		return set_other(t, level, name);
	err = read_int(level, val, len, &n);
	return err ? err : set_int(sk, o, n);
}

static int give(void *val, socklen_t *len, const void *from, size_t size)
{
	*len = min(*len, (socklen_t)size);
	memcpy(val, from, *len);
	return 0;
}

static int get_tcp_info(struct sock *sk, void *val, socklen_t *len)
{
	struct inet_sock *is = to_inet(sk);
	struct tcp_info info = {
		.tcpi_snd_mss = 65483,
		.tcpi_rcv_mss = 65483,
		.tcpi_pmtu = 65535,
		.tcpi_snd_cwnd = 10,
		.tcpi_advmss = 65483,
	};

	mutex_lock(&sk->mu);
	info.tcpi_state = is->state == INET_LISTENING   ? TCP_LISTEN
			  : is->state != INET_CONNECTED ? TCP_CLOSE
			  : is->peer                    ? TCP_ESTABLISHED
							: TCP_CLOSE_WAIT;
	mutex_unlock(&sk->mu);
	return give(val, len, &info, sizeof(info));
}

int inet_getsockopt(struct sock *sk, int level, int name, void *val, socklen_t *len)
{
	const struct int_opt *o = find_opt(sk, level, name);
	int n;

	if (level == IPPROTO_TCP && sk->type == SOCK_STREAM) {
		if (name == TCP_INFO)
			return get_tcp_info(sk, val, len);
		if (name == TCP_CONGESTION)
			return give(val, len, "cubic\0\0\0\0\0\0\0\0\0\0", 16);
	}
	if (!o)
		return level == IPPROTO_IP || level == IPPROTO_IPV6 || level == IPPROTO_TCP ||
				       level == IPPROTO_UDP
			       ? -ENOPROTOOPT
			       : -EOPNOTSUPP;
	mutex_lock(&sk->mu);
	n = o->flag ? *(bool *)place_of(sk, o) : *(int *)place_of(sk, o);
	mutex_unlock(&sk->mu);
	return give(val, len, &n, sizeof(n));
}
