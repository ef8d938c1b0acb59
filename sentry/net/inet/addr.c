/* Internet addresses: in, out, and what they mean on a host with lo alone (inet.h). */
#include "net/inet/inet.h"

static void map_v4(struct in6_addr *ret, in_addr_t v4)
{
	memset(ret, 0, sizeof(*ret));
	ret->s6_addr[10] = ret->s6_addr[11] = 0xff;
	memcpy(&ret->s6_addr[12], &v4, sizeof(v4));
}

static in_addr_t v4_of(const struct inet_addr *a)
{
	in_addr_t v4;

	memcpy(&v4, &a->ip.s6_addr[12], sizeof(v4));
	return v4;
}

bool inet_is_v4(const struct inet_addr *a)
{
	return IN6_IS_ADDR_V4MAPPED(&a->ip);
}

bool inet_is_any(const struct inet_addr *a)
{
	return IN6_IS_ADDR_UNSPECIFIED(&a->ip) || (inet_is_v4(a) && v4_of(a) == INADDR_ANY);
}

bool inet_is_local(const struct inet_addr *a)
{
	if (inet_is_v4(a))
		return ntohl(v4_of(a)) >> 24 == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&a->ip);
}

bool inet_ip_equal(const struct inet_addr *a, const struct inet_addr *b)
{
	return !memcmp(&a->ip, &b->ip, sizeof(a->ip));
}

/* As Linux: sending to the unspecified address reaches the host itself. */
struct inet_addr inet_loopback_for(const struct inet_addr *a)
{
	struct inet_addr lo = {IN6ADDR_LOOPBACK_INIT, a->port};

	if (inet_is_v4(a))
		map_v4(&lo.ip, htonl(INADDR_LOOPBACK));
	return lo;
}

static int from_v4(const struct sockaddr_storage *a, socklen_t len, struct inet_addr *ret)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)a;

	if (len < sizeof(*in))
		return -EINVAL;
	/* As Linux, an unspecified family is taken for IPv4 when the address is. */
	if (in->sin_family != AF_INET &&
	    !(in->sin_family == AF_UNSPEC && in->sin_addr.s_addr == INADDR_ANY))
		return -EAFNOSUPPORT;
	map_v4(&ret->ip, in->sin_addr.s_addr);
	ret->port = ntohs(in->sin_port);
	return 0;
}

int inet_addr_from(int family, const struct sockaddr_storage *a, socklen_t len,
		   struct inet_addr *ret)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)a;

	if (len < sizeof(sa_family_t))
		return -EINVAL;
	if (family == AF_INET)
		return from_v4(a, len, ret);
	if (a->ss_family == AF_INET)
		return from_v4(a, len, ret);
	if (a->ss_family != AF_INET6)
		return -EAFNOSUPPORT;
	/* The scope id came later; without it an address is complete too. */
	if (len < offsetof(struct sockaddr_in6, sin6_scope_id))
		return -EINVAL;
	ret->ip = in6->sin6_addr;
	ret->port = ntohs(in6->sin6_port);
	return 0;
}

void inet_addr_to(int family, const struct inet_addr *a, struct sockaddr_storage *ret,
		  socklen_t *len)
{
	memset(ret, 0, sizeof(*ret));
	if (family == AF_INET) {
		struct sockaddr_in *in = (struct sockaddr_in *)ret;

		in->sin_family = AF_INET;
		in->sin_port = htons(a->port);
		in->sin_addr.s_addr = inet_is_v4(a) ? v4_of(a) : INADDR_ANY;
		*len = sizeof(*in);
	} else {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;

		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(a->port);
		in6->sin6_addr = a->ip;
		*len = sizeof(*in6);
	}
}

int inet_getname(struct sock *sk, bool peer, struct sockaddr_storage *ret, socklen_t *len)
{
	struct inet_sock *is = to_inet(sk);
	struct inet_addr a = inet_local(is);

	if (peer) {
		bool connected;

		mutex_lock(&sk->mu);
		connected = is->state == INET_CONNECTED;
		a = is->remote;
		mutex_unlock(&sk->mu);
		if (!connected)
			return -ENOTCONN;
	}
	inet_addr_to(sk->family, &a, ret, len);
	return 0;
}
