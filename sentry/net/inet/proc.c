/* /proc/net/tcp, tcp6, udp, udp6: the bound sockets of the table of ports, as Linux writes them. */
#include <netinet/tcp.h>

#include "fs/file.h"
#include "fs/inode.h"
#include "fs/procfs/procfs.h"
#include "net/inet/inet.h"

struct listing {
	struct seq *s;
	int family, nr;
};

static void show_addr(struct seq *s, int family, const struct inet_addr *a)
{
	for (int i = family == AF_INET ? 3 : 0; i < 4; i++)
		seq_printf(s, "%08X", a->ip.s6_addr32[i]);
	seq_printf(s, ":%04X", a->port);
}

static unsigned tcp_state(const struct inet_sock *is)
{
	switch (is->state) {
	case INET_LISTENING:
		return TCP_LISTEN;
	case INET_CONNECTED:
		return is->peer ? TCP_ESTABLISHED : TCP_CLOSE_WAIT;
	case INET_UNCONNECTED:
	case INET_CLOSED:
		break;
	}
	return TCP_CLOSE;
}

/* Under the lock of the table; states may change meanwhile, as Linux's may. */
static void show_one(const struct inet_sock *is, void *arg)
{
	struct listing *l = arg;
	bool tcp = is->sock.type == SOCK_STREAM, connected = is->state == INET_CONNECTED;
	struct inet_addr none = INET_ANY;
	struct sock_owner owner;

	/* Linux lists a listener and a connection, not a TCP socket that is only bound. */
	if (is->sock.family != l->family || (tcp && tcp_state(is) == TCP_CLOSE))
		return;
	owner = sock_owner(&is->sock);
	seq_printf(l->s, "%4d: ", l->nr++);
	show_addr(l->s, l->family, &is->local);
	seq_putc(l->s, ' ');
	show_addr(l->s, l->family, connected ? &is->remote : &none);
	seq_printf(l->s, " %02X %08X:%08X 00:00000000 00000000 %5u        0 %llu %d %016x",
		   tcp         ? tcp_state(is)
		   : connected ? TCP_ESTABLISHED
			       : TCP_CLOSE,
		   0u, (unsigned)is->sock.rx.bytes, owner.uid, (unsigned long long)owner.ino, 1, 0);
	seq_puts(l->s, tcp ? " 100 0 0 10 0\n" : " 0\n");
}

static int show(struct seq *s, int type, int family)
{
	struct listing l = {.s = s, .family = family};

	if (family == AF_INET)
		seq_puts(s, "  sl  local_address rem_address   ");
	else
		seq_puts(s, "  sl  local_address                         remote_address"
			    "                        ");
	seq_puts(s, "st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n");
	inet_for_each(type, show_one, &l);
	return 0;
}

static int show_tcp(struct seq *s)
{
	return show(s, SOCK_STREAM, AF_INET);
}

static int show_tcp6(struct seq *s)
{
	return show(s, SOCK_STREAM, AF_INET6);
}

static int show_udp(struct seq *s)
{
	return show(s, SOCK_DGRAM, AF_INET);
}

static int show_udp6(struct seq *s)
{
	return show(s, SOCK_DGRAM, AF_INET6);
}

static struct procfs_net_file files[] = {
	{.name = "tcp", .show = show_tcp},
	{.name = "tcp6", .show = show_tcp6},
	{.name = "udp", .show = show_udp},
	{.name = "udp6", .show = show_udp6},
};

void inet_proc_init(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		procfs_net_register(&files[i]);
}
