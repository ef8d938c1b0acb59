/* AF_INET and AF_INET6 (inet.h): which sockets there are, made and freed. */
#include "net/inet/inet.h"

#include <linux/capability.h>

#include "kernel/task.h"
#include "lib/alloc.h"
#include "net/internal.h"

static const struct inet_opts default_opts = {
	.ttl = 64,
	.hops = 64,
	.mcast_ttl = 1,
	.mcast_loop = 1,
	.quickack = true,
	.keepidle = 7200,
	.keepintvl = 75,
	.keepcnt = 9,
	.syncnt = 6,
	.linger2 = 60,
	.maxseg = 536,
};

int inet_alloc(const struct sock_ops *ops, int family, int type, int protocol,
	       struct inet_sock **ret)
{
	struct inet_sock *is = kzalloc(sizeof(*is));

	if (!is)
		return -ENOMEM;
	sock_init(&is->sock, ops, family, type, protocol);
	list_init(&is->port_node);
	is->opts = default_opts;
	*ret = is;
	return 0;
}

void inet_release(struct sock *sk)
{
	sock_fini(sk);
	kfree(to_inet(sk));
}

static int create(struct task *t, int family, int type, int protocol, struct sock **ret)
{
	struct inet_sock *is;
	int err;

	if (type == SOCK_RAW || type == SOCK_PACKET)
		return task_capable(t, CAP_NET_RAW) ? -ESOCKTNOSUPPORT : -EPERM;
	/* As with Linux's default of ping_group_range, nobody may ping. */
	if (type == SOCK_DGRAM && (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6))
		return -EACCES;
	if (type != SOCK_STREAM && type != SOCK_DGRAM)
		return -ESOCKTNOSUPPORT;
	if (protocol && protocol != (type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP))
		return -EPROTONOSUPPORT;
	err = inet_alloc(type == SOCK_STREAM ? &tcp_ops : &udp_ops, family, type,
			 type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP, &is);
	if (!err)
		*ret = &is->sock;
	return err;
}

static int inet4_create(struct task *t, int type, int protocol, struct sock **ret)
{
	return create(t, AF_INET, type, protocol, ret);
}

static int inet6_create(struct task *t, int type, int protocol, struct sock **ret)
{
	return create(t, AF_INET6, type, protocol, ret);
}

static const struct sock_family inet4_family = {.family = AF_INET, .create = inet4_create};
static const struct sock_family inet6_family = {.family = AF_INET6, .create = inet6_create};

void inet_init(void)
{
	sock_family_register(&inet4_family);
	sock_family_register(&inet6_family);
	inet_proc_init();
}
