/*
 * AF_NETLINK, NETLINK_ROUTE: the interface, its addresses and its routes told
 * in rtnetlink's words, for those who ask: getifaddrs(3), ip(8).
 *
 * There is lo alone and nothing about it can be changed: requests to change are
 * refused, and no event ever comes.  Answers are made when the question is
 * sent and wait in the asker's own queue.
 *
 * Locks: ports_mu (LOCK_LEAF) guards the list of bound sockets and their ports;
 * rx.mu the queue.
 */
#include <linux/capability.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/epoll.h>

#include "kernel/task.h"
#include "lib/alloc.h"
#include "net/internal.h"
#include "net/sock.h"

#define LO_INDEX    1
#define LO_FLAGS    0x10049 /* IFF_UP | IFF_LOOPBACK | IFF_RUNNING | IFF_LOWER_UP */
#define LO_MTU      65536
#define LO_QLEN     1000
#define REQUEST_MAX 4096

struct nl_sock {
	struct sock sock; /* base */

	/* guarded by ports_mu */
	struct list_head node;
	u32 port; /* 0: not bound */
};

/* One message of an answer, as it grows. */
struct reply {
	_Alignas(4) u8 buf[512];
	size_t len;
};

static struct mutex ports_mu; /* LOCK_LEAF */
static struct list_head bound = LIST_HEAD_INIT(bound);
static u32 next_port = UINT32_MAX; /* guarded by ports_mu: counts down, past all pids */

static struct nl_sock *to_nl(struct sock *sk)
{
	return container_of(sk, struct nl_sock, sock);
}

static bool port_is_taken_locked(u32 port)
{
	struct nl_sock *o;

	list_for_each_entry (o, &bound, node)
		if (o->port == port)
			return true;
	return false;
}

/* @port 0: as Linux, the process's number, or one that is no process's. */
static int set_port(struct nl_sock *nl, u32 port, u32 tgid)
{
	int err = 0;

	mutex_lock(&ports_mu);
	if (nl->port) {
		err = port && port != nl->port ? -EINVAL : 0;
	} else if (port && port_is_taken_locked(port)) {
		err = -EADDRINUSE;
	} else {
		nl->port = port ? port : tgid;
		while (!port && port_is_taken_locked(nl->port))
			nl->port = next_port--;
		list_add_tail(&nl->node, &bound);
	}
	mutex_unlock(&ports_mu);
	return err;
}

static int check_name(const struct sockaddr_storage *a, socklen_t len)
{
	return len < sizeof(struct sockaddr_nl) || a->ss_family != AF_NETLINK ? -EINVAL : 0;
}

static int nl_bind(struct sock *sk, struct task *t, const struct sockaddr_storage *a, socklen_t len)
{
	int err = check_name(a, len);

	/* Groups may be asked for by anybody; nothing ever happens that they would hear of. */
	return err ? err
		   : set_port(to_nl(sk), ((const struct sockaddr_nl *)a)->nl_pid,
			      (u32)task_tgid(t));
}

static int nl_getname(struct sock *sk, bool peer, struct sockaddr_storage *ret, socklen_t *len)
{
	struct sockaddr_nl *nl = (struct sockaddr_nl *)ret;

	memset(nl, 0, sizeof(*nl));
	nl->nl_family = AF_NETLINK;
	mutex_lock(&ports_mu);
	nl->nl_pid = peer ? 0 : to_nl(sk)->port;
	mutex_unlock(&ports_mu);
	*len = sizeof(*nl);
	return 0;
}

static void *grow(struct reply *r, size_t len)
{
	void *at = r->buf + r->len;

	assert(r->len + ALIGN_UP(len, 4) <= sizeof(r->buf));
	r->len += ALIGN_UP(len, 4);
	return at;
}

static void put_attr(struct reply *r, u16 type, const void *data, size_t len)
{
	struct rtattr *a = grow(r, sizeof(*a) + len);

	a->rta_type = type;
	a->rta_len = (u16)(sizeof(*a) + len);
	memcpy(RTA_DATA(a), data, len);
}

static void put_u32(struct reply *r, u16 type, u32 val)
{
	put_attr(r, type, &val, sizeof(val));
}

/* Queue a finished message at the asker; -ENOBUFS when it does not read its answers. */
static int deliver(struct sock *sk, struct reply *r, const struct nlmsghdr *req, u16 type,
		   u16 flags)
{
	struct nlmsghdr *h = (struct nlmsghdr *)r->buf;
	struct skb *skb = skb_create(r->len);
	int err = 0;

	if (!skb)
		return -ENOBUFS;
	*h = (struct nlmsghdr){
		.nlmsg_len = (u32)r->len,
		.nlmsg_type = type,
		.nlmsg_flags = flags,
		.nlmsg_seq = req->nlmsg_seq,
		.nlmsg_pid = to_nl(sk)->port,
	};
	memcpy(skb->data, r->buf, r->len);
	skb->len = r->len;
	((struct sockaddr_nl *)&skb->from)->nl_family = AF_NETLINK;
	skb->from_len = sizeof(struct sockaddr_nl);
	mutex_lock(&sk->rx.mu);
	if (skb_queue_size(&sk->rx) >= (size_t)sk->rcvbuf)
		err = -ENOBUFS;
	else
		skb_queue_add_locked(&sk->rx, skb);
	mutex_unlock(&sk->rx.mu);
	if (err)
		skb_free(skb);
	else
		sock_wake(sk, EPOLLIN);
	return err;
}

static int tell_link(struct sock *sk, const struct nlmsghdr *req, u16 flags)
{
	static const u8 no_address[6];
	struct reply r = {.len = NLMSG_HDRLEN};
	struct ifinfomsg *m = grow(&r, sizeof(*m));

	m->ifi_type = ARPHRD_LOOPBACK;
	m->ifi_index = LO_INDEX;
	m->ifi_flags = LO_FLAGS;
	put_attr(&r, IFLA_IFNAME, "lo", 3);
	put_u32(&r, IFLA_TXQLEN, LO_QLEN);
	put_u32(&r, IFLA_MTU, LO_MTU);
	put_attr(&r, IFLA_QDISC, "noqueue", 8);
	put_attr(&r, IFLA_ADDRESS, no_address, sizeof(no_address));
	put_attr(&r, IFLA_BROADCAST, no_address, sizeof(no_address));
	return deliver(sk, &r, req, RTM_NEWLINK, flags);
}

/* The address of lo of a family: its bytes and how many bits of it name the network. */
static const void *lo_address(u8 family, size_t *ret_size, u8 *ret_bits)
{
	static const u8 v4[4] = {127, 0, 0, 1};

	*ret_size = family == AF_INET ? sizeof(v4) : sizeof(in6addr_loopback);
	*ret_bits = family == AF_INET ? 8 : 128;
	return family == AF_INET ? (const void *)v4 : &in6addr_loopback;
}

static int tell_address(struct sock *sk, const struct nlmsghdr *req, u8 family)
{
	struct reply r = {.len = NLMSG_HDRLEN};
	struct ifaddrmsg *m = grow(&r, sizeof(*m));
	size_t size;
	const void *a = lo_address(family, &size, &m->ifa_prefixlen);

	m->ifa_family = family;
	m->ifa_flags = IFA_F_PERMANENT;
	m->ifa_scope = RT_SCOPE_HOST;
	m->ifa_index = LO_INDEX;
	put_attr(&r, IFA_ADDRESS, a, size);
	if (family == AF_INET) {
		put_attr(&r, IFA_LOCAL, a, size);
		put_attr(&r, IFA_LABEL, "lo", 3);
	}
	return deliver(sk, &r, req, RTM_NEWADDR, NLM_F_MULTI);
}

static int tell_route(struct sock *sk, const struct nlmsghdr *req, u8 family)
{
	static const u8 net[4] = {127, 0, 0, 0};
	struct reply r = {.len = NLMSG_HDRLEN};
	struct rtmsg *m = grow(&r, sizeof(*m));
	size_t size;
	const void *a = lo_address(family, &size, &m->rtm_dst_len);

	m->rtm_family = family;
	m->rtm_table = RT_TABLE_LOCAL;
	m->rtm_protocol = RTPROT_KERNEL;
	m->rtm_scope = family == AF_INET ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
	m->rtm_type = RTN_LOCAL;
	put_u32(&r, RTA_TABLE, RT_TABLE_LOCAL);
	put_attr(&r, RTA_DST, family == AF_INET ? net : a, size);
	put_u32(&r, RTA_OIF, LO_INDEX);
	return deliver(sk, &r, req, RTM_NEWROUTE, NLM_F_MULTI);
}

static int tell_each(struct sock *sk, const struct nlmsghdr *req, u8 family,
		     int (*tell)(struct sock *sk, const struct nlmsghdr *req, u8 family))
{
	int err = 0;

	if (family == AF_UNSPEC || family == AF_INET)
		err = tell(sk, req, AF_INET);
	if (!err && (family == AF_UNSPEC || family == AF_INET6))
		err = tell(sk, req, AF_INET6);
	return err;
}

static int tell_done(struct sock *sk, const struct nlmsghdr *req)
{
	struct reply r = {.len = NLMSG_HDRLEN};

	/* The status, which is 0. */
	(void)grow(&r, sizeof(int));
	return deliver(sk, &r, req, NLMSG_DONE, NLM_F_MULTI);
}

/* NLMSG_ERROR: a refusal, or with @err 0 an acknowledgement. */
static int tell_result(struct sock *sk, const struct nlmsghdr *req, int err)
{
	struct reply r = {.len = NLMSG_HDRLEN};
	struct nlmsgerr *e = grow(&r, sizeof(*e));

	e->error = err;
	e->msg = *req;
	return deliver(sk, &r, req, NLMSG_ERROR, NLM_F_CAPPED);
}

static int dump(struct sock *sk, const struct nlmsghdr *req, u8 family)
{
	int err;

	switch (req->nlmsg_type) {
	case RTM_GETLINK:
		err = tell_link(sk, req, NLM_F_MULTI);
		break;
	case RTM_GETADDR:
		err = tell_each(sk, req, family, tell_address);
		break;
	case RTM_GETROUTE:
		err = tell_each(sk, req, family, tell_route);
		break;
	default:
		return -EOPNOTSUPP;
	}
	return err ? err : tell_done(sk, req);
}

/* RTM_GETLINK of one: by number. */
static int get_link(struct sock *sk, const struct nlmsghdr *req, const u8 *body, size_t len)
{
	struct ifinfomsg m;

	if (len < sizeof(m))
		return -EINVAL;
	memcpy(&m, body, sizeof(m));
	if (!m.ifi_index && len > sizeof(m))
		return -EOPNOTSUPP;
	if (m.ifi_index != LO_INDEX)
		return m.ifi_index > 0 ? -ENODEV : -EINVAL;
	return tell_link(sk, req, 0);
}

static int serve(struct sock *sk, struct task *t, const struct nlmsghdr *req, const u8 *body,
		 size_t len)
{
	/* Of each four, the third asks and the others change. */
	bool asks = (req->nlmsg_type & 3) == 2;

	if (req->nlmsg_type < RTM_BASE || req->nlmsg_type > RTM_MAX)
		return -EOPNOTSUPP;
	if (!len)
		return -EINVAL;
	if (!asks)
		return task_capable(t, CAP_NET_ADMIN) ? -EOPNOTSUPP : -EPERM;
	if (req->nlmsg_flags & NLM_F_DUMP)
		return dump(sk, req, body[0]);
	return req->nlmsg_type == RTM_GETLINK ? get_link(sk, req, body, len) : -EOPNOTSUPP;
}

static int serve_all(struct sock *sk, struct task *t, const u8 *buf, size_t len)
{
	struct nlmsghdr h;
	int err = 0;

	while (!err && len >= sizeof(h)) {
		memcpy(&h, buf, sizeof(h));
		if (h.nlmsg_len < sizeof(h) || h.nlmsg_len > len)
			break;
		if ((h.nlmsg_flags & NLM_F_REQUEST) && h.nlmsg_type >= NLMSG_MIN_TYPE)
			err = serve(sk, t, &h, buf + sizeof(h), h.nlmsg_len - sizeof(h));
		if (err != -ENOBUFS && (err || (h.nlmsg_flags & NLM_F_ACK)))
			err = tell_result(sk, &h, err);
		buf += min((size_t)NLMSG_ALIGN(h.nlmsg_len), len);
		len -= min((size_t)NLMSG_ALIGN(h.nlmsg_len), len);
	}
	return err;
}

static ssize_t nl_send(struct sock *sk, struct sock_msg *m)
{
	const struct sockaddr_nl *to = (const struct sockaddr_nl *)&m->name;
	size_t len = iov_iter_count(m->iter);
	cleanup_free u8 *buf = NULL;
	int err = 0;

	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (m->has_name)
		err = check_name(&m->name, m->name_len);
	if (!err && m->has_name && (to->nl_pid || to->nl_groups))
		err = task_capable(m->task, CAP_NET_ADMIN) ? -ECONNREFUSED : -EPERM;
	if (!err)
		err = set_port(to_nl(sk), 0, (u32)task_tgid(m->task));
	if (err)
		return err;
	if (len > REQUEST_MAX)
		return -EMSGSIZE;
	buf = kzalloc(len + 1);
	err = buf ? copy_from_iter(buf, m->iter, len) : -ENOBUFS;
	if (!err)
		err = serve_all(sk, m->task, buf, len);
	/* As Linux tells of answers that were lost. */
	if (err == -ENOBUFS)
		sock_set_err(sk, ENOBUFS);
	return err == -EFAULT ? err : (ssize_t)len;
}

static ssize_t nl_recv(struct sock *sk, struct sock_msg *m)
{
	u32 before;

	return m->flags & MSG_OOB ? -EOPNOTSUPP : sock_recv_message(sk, m, NULL, &before);
}

static poll_t nl_poll(struct sock *sk)
{
	poll_t ev = EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;

	mutex_lock(&sk->rx.mu);
	if (!list_empty(&sk->rx.skbs))
		ev |= EPOLLIN | EPOLLRDNORM;
	mutex_unlock(&sk->rx.mu);
	return __atomic_load_n(&sk->err, __ATOMIC_RELAXED) ? ev | EPOLLERR : ev;
}

static int nl_ioctl(struct sock *sk, struct task *t, unsigned cmd, u64 arg)
{
	(void)sk;
	return net_device_ioctl(t, cmd, arg);
}

static void nl_close(struct sock *sk)
{
	mutex_lock(&ports_mu);
	list_del(&to_nl(sk)->node);
	mutex_unlock(&ports_mu);
}

static void nl_release(struct sock *sk)
{
	sock_fini(sk);
	kfree(to_nl(sk));
}

static const struct sock_ops nl_ops = {
	.bind = nl_bind,
	.getname = nl_getname,
	.sendmsg = nl_send,
	.recvmsg = nl_recv,
	.poll = nl_poll,
	.ioctl = nl_ioctl,
	.close = nl_close,
	.release = nl_release,
};

static int nl_create(struct task *t, int type, int protocol, struct sock **ret)
{
	struct nl_sock *nl;

	(void)t;
	if (type != SOCK_RAW && type != SOCK_DGRAM)
		return -ESOCKTNOSUPPORT;
	if (protocol != NETLINK_ROUTE)
		return -EPROTONOSUPPORT;
	nl = kzalloc(sizeof(*nl));
	if (!nl)
		return -ENOMEM;
	sock_init(&nl->sock, &nl_ops, AF_NETLINK, type, protocol);
	list_init(&nl->node);
	*ret = &nl->sock;
	return 0;
}

static const struct sock_family nl_family = {.family = AF_NETLINK, .create = nl_create};

void netlink_init(void)
{
	mutex_init(&ports_mu, LOCK_LEAF);
	sock_family_register(&nl_family);
}
