/* ioctl(2) of internet sockets: bytes waiting, and the one interface, lo. */
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include "kernel/task.h"
#include "mm/uaccess.h"
#include "net/inet/inet.h"
#include "net/internal.h"

#define LO_INDEX 1
#define LO_MTU   65536
#define LO_FLAGS (IFF_UP | IFF_LOOPBACK | IFF_RUNNING)

static void lo_addr(struct sockaddr *ret, u32 host_order)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(host_order)};

	memcpy(ret, &in, sizeof(in));
}

static int fill_lo(unsigned cmd, struct ifreq *r)
{
	switch (cmd) {
	case SIOCGIFFLAGS:
		r->ifr_flags = LO_FLAGS;
		return 0;
	case SIOCGIFINDEX:
		r->ifr_ifindex = LO_INDEX;
		return 0;
	case SIOCGIFMTU:
		r->ifr_mtu = LO_MTU;
		return 0;
	case SIOCGIFMETRIC:
		r->ifr_metric = 0;
		return 0;
	case SIOCGIFTXQLEN:
		r->ifr_qlen = 1000;
		return 0;
	case SIOCGIFADDR:
		lo_addr(&r->ifr_addr, INADDR_LOOPBACK);
		return 0;
	case SIOCGIFNETMASK:
		lo_addr(&r->ifr_netmask, 0xff000000);
		return 0;
	case SIOCGIFBRDADDR:
		lo_addr(&r->ifr_broadaddr, 0);
		return 0;
	case SIOCGIFHWADDR:
		memset(&r->ifr_hwaddr, 0, sizeof(r->ifr_hwaddr));
		r->ifr_hwaddr.sa_family = 772; /* ARPHRD_LOOPBACK */
		return 0;
	}
	return -ENOTTY;
}

static int get_ifreq(struct task *t, unsigned cmd, u64 arg)
{
	struct ifreq r;
	int err = copy_from_user(t, &r, arg, sizeof(r));

	if (err)
		return err;
	if (cmd == SIOCGIFNAME) {
		if (r.ifr_ifindex != LO_INDEX)
			return -ENODEV;
		snprintf(r.ifr_name, sizeof(r.ifr_name), "lo");
	} else {
		r.ifr_name[IFNAMSIZ - 1] = '\0';
		if (strcmp(r.ifr_name, "lo"))
			return -ENODEV;
		err = fill_lo(cmd, &r);
	}
	return err ? err : copy_to_user(t, arg, &r, sizeof(r));
}

static int get_ifconf(struct task *t, u64 arg)
{
	struct ifreq r = {.ifr_name = "lo"};
	struct ifconf c;
	int err = copy_from_user(t, &c, arg, sizeof(c));

	if (err)
		return err;
	lo_addr(&r.ifr_addr, INADDR_LOOPBACK);
	if (!c.ifc_buf) {
		c.ifc_len = sizeof(r);
	} else if (c.ifc_len < (int)sizeof(r)) {
		c.ifc_len = 0;
	} else {
		c.ifc_len = sizeof(r);
		err = copy_to_user(t, (uaddr_t)(uintptr_t)c.ifc_buf, &r, sizeof(r));
	}
	return err ? err : copy_to_user(t, arg, &c, sizeof(c));
}

int net_device_ioctl(struct task *t, unsigned cmd, u64 arg)
{
	switch (cmd) {
	case SIOCGIFADDR:
	case SIOCGIFNETMASK:
	case SIOCGIFBRDADDR:
		return -ENOTTY;
	}
	return get_ifreq(t, cmd, arg);
}

static int waiting(struct sock *sk)
{
	int n = 0;

	mutex_lock(&sk->rx.mu);
	if (sk->type == SOCK_STREAM)
		n = (int)sk->rx.bytes;
	else if (!list_empty(&sk->rx.skbs))
		n = (int)list_first_entry(&sk->rx.skbs, struct skb, node)->len;
	mutex_unlock(&sk->rx.mu);
	return n;
}

int inet_ioctl(struct sock *sk, struct task *t, unsigned cmd, u64 arg)
{
	struct inet_sock *p;
	int n;

	switch (cmd) {
	case SIOCINQ:
		if (to_inet(sk)->state == INET_LISTENING)
			return -EINVAL;
		return put_user(t, waiting(sk), arg);
	case SIOCOUTQ:
		p = sk->type == SOCK_STREAM ? tcp_peer_get(to_inet(sk)) : NULL;
		n = p ? waiting(&p->sock) : 0;
		if (p)
			sock_put(&p->sock);
		return put_user(t, n, arg);
	case SIOCATMARK:
		return put_user(t, 0, arg);
	case SIOCGIFCONF:
		return get_ifconf(t, arg);
	}
	return get_ifreq(t, cmd, arg);
}
