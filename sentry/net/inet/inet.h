/*
 * IPv4 and IPv6 inside the sandbox: TCP and UDP over a loopback that is nothing
 * but the sentry's memory.
 *
 * Both families share one space of ports and one form of address: an IPv4
 * address is its mapped IPv6 one.  The only interface is lo, so the only
 * addresses are 127.0.0.0/8 and ::1; everything else is unreachable.
 *
 * Locks: inet_ports_mu (LOCK_PORTS) guards the table of bound socks and what it
 * decides by: bound, local, sock.listening, and a UDP sock's remote.  sock.mu
 * guards state, peer and remote; pairs by address.
 */
#pragma once
#include <netinet/in.h>

#include "net/sock.h"

/* An address in its IPv6 form, and a port in host order. */
struct inet_addr {
	struct in6_addr ip;
	u16 port;
};

enum inet_state { INET_UNCONNECTED, INET_LISTENING, INET_CONNECTED, INET_CLOSED };

/* Options a program may set and read back; what acts is said at each. */
struct inet_opts {
	int tos, ttl, hops, tclass;
	bool v6only; /* acts: binding, and who is found */
	bool recvpktinfo, recvttl, recverr, freebind, hdrincl, mtu_discover;
	int mcast_ttl, mcast_loop, mcast_if;
	bool nodelay, cork, quickack;
	int keepidle, keepintvl, keepcnt, syncnt, linger2, defer_accept, user_timeout, maxseg;
	int fastopen, notsent_lowat;
};

struct inet_sock {
	struct sock sock; /* base */

	/* guarded by inet_ports_mu */
	struct list_head port_node;
	bool bound;
	struct inet_addr local; /* ip may be the unspecified address */

	/* guarded by sock.mu */
	enum inet_state state;
	bool connect_pending; /* a connect(2) that said EINPROGRESS was not yet fetched */
	struct inet_addr remote;
	struct inet_sock *peer; /* TCP; counted */
	struct inet_opts opts;
};

static inline struct inet_sock *to_inet(struct sock *sk)
{
	return container_of(sk, struct inet_sock, sock);
}

/* inet_alloc - an unbound socket, one reference for the caller; inet_release is its ops' last */
int inet_alloc(const struct sock_ops *ops, int family, int type, int protocol,
	       struct inet_sock **ret) must_check;
void inet_release(struct sock *sk);

/* addr.c: forms of addresses */
#define INET_ANY ((struct inet_addr){IN6ADDR_ANY_INIT, 0})

/*
 * inet_addr_from - a guest's address for a sock of @family
 *
 * Return: 0, -EINVAL (too short), -EAFNOSUPPORT (another family).
 */
int inet_addr_from(int family, const struct sockaddr_storage *a, socklen_t len,
		   struct inet_addr *ret) must_check;
void inet_addr_to(int family, const struct inet_addr *a, struct sockaddr_storage *ret,
		  socklen_t *len);
bool inet_is_any(const struct inet_addr *a);
bool inet_is_v4(const struct inet_addr *a);
/* inet_is_local - is it an address of lo */
bool inet_is_local(const struct inet_addr *a);
bool inet_ip_equal(const struct inet_addr *a, const struct inet_addr *b);
/* inet_loopback_for - what an unspecified destination means */
struct inet_addr inet_loopback_for(const struct inet_addr *a);
int inet_getname(struct sock *sk, bool peer, struct sockaddr_storage *ret, socklen_t *len);

/* ports.c: who is bound where */
int inet_bind(struct sock *sk, struct task *t, const struct sockaddr_storage *a, socklen_t len);
/* inet_autobind - a free port of the ephemeral range, if not bound yet; -EADDRNOTAVAIL: none */
int inet_autobind(struct inet_sock *is) must_check;
/* inet_set_local - where a connected sock stands, once its peer is known */
void inet_set_local(struct inet_sock *is, const struct inet_addr *ip);
/* inet_inherit_port - @end, made by connect, shares its listener's port */
void inet_inherit_port(struct inet_sock *end, const struct inet_addr *local);
/* inet_set_listening - with true: 0, or -EADDRINUSE when another listens there */
int inet_set_listening(struct inet_sock *is, bool listening) must_check;
void inet_unbind(struct inet_sock *is);

/* inet_set_remote - connect(2) of UDP: whom it talks to, NULL: everybody */
void inet_set_remote(struct inet_sock *is, const struct inet_addr *a);
struct inet_addr inet_local(struct inet_sock *is);

/*
 * inet_find - the sock of @type that @dst reaches, coming from @src
 *
 * A connected one that fits before others, a bound address before "any".
 * Return: counted, or NULL.
 */
struct inet_sock *inet_find(int type, const struct inet_addr *dst, const struct inet_addr *src,
			    bool listening) must_check;

/* inet_for_each - @fn with every bound sock of @type, under the table's lock; it may not sleep */
void inet_for_each(int type, void (*fn)(const struct inet_sock *is, void *arg), void *arg);

/* proc.c */
void inet_proc_init(void);

/* sockopt.c */
int inet_setsockopt(struct sock *sk, struct task *t, int level, int name, const void *val,
		    socklen_t len);
int inet_getsockopt(struct sock *sk, int level, int name, void *val, socklen_t *len);

/* ifreq.c: SIOCGIF* of lo, and what every inet socket answers */
int inet_ioctl(struct sock *sk, struct task *t, unsigned cmd, u64 arg);

/* tcp.c, tcp_connect.c, udp.c */
extern const struct sock_ops tcp_ops, udp_ops;
int tcp_connect(struct sock *sk, struct task *t, const struct sockaddr_storage *a, socklen_t len,
		bool nonblock);
int tcp_listen(struct sock *sk, struct task *t, int backlog);
/* tcp_stop_listening - the port is free, and who waited is refused */
int tcp_stop_listening(struct inet_sock *is) must_check;
struct inet_sock *tcp_peer_get(struct inet_sock *is);
/* tcp_reset - the peer's end is gone: @err for its next call */
void tcp_reset(struct inet_sock *is, int err);
