/* netlink requests that are forbidden, unknown or cut are answered by errors */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "t.h"

struct request {
	struct nlmsghdr h;
	struct ifinfomsg m;
};

static int ask(int s, int type, int flags, int index)
{
	struct request r = {.h = {sizeof(r), (unsigned short)type, (unsigned short)flags, 7, 0},
			    .m = {.ifi_index = index}};
	_Alignas(8) char buf[8192];
	struct nlmsghdr *h = (void *)buf;

	T_EQ(send(s, &r, sizeof(r), 0), sizeof(r));
	T_GE(recv(s, buf, sizeof(buf), MSG_DONTWAIT), (ssize_t)sizeof(*h));
	T_EQ(h->nlmsg_seq, 7);
	if (h->nlmsg_type != NLMSG_ERROR)
		return (int)h->nlmsg_type;
	return ((struct nlmsgerr *)NLMSG_DATA(h))->error;
}

int main(void)
{
	struct sockaddr_nl a = {.nl_family = AF_NETLINK}, got;
	socklen_t len = sizeof(got);
	pid_t pid = T_OK(fork());
	int s;

	if (pid) {
		t_reap(pid);
		return 0;
	}
	t_drop_root();
	s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	T_GE(s, 0);
	T_OK(bind(s, (void *)&a, sizeof(a)));
	T_OK(getsockname(s, (void *)&got, &len));
	T_EQ(got.nl_pid, getpid());
	T_EQ(ask(s, RTM_GETLINK, NLM_F_REQUEST, 1), RTM_NEWLINK);
	T_EQ(ask(s, RTM_GETLINK, NLM_F_REQUEST, 9999), -ENODEV);
	T_EQ(ask(s, RTM_DELLINK, NLM_F_REQUEST, 1), -EPERM);
	T_EQ(ask(s, RTM_MAX + 200, NLM_F_REQUEST, 1), -EOPNOTSUPP);
	return 0;
}
