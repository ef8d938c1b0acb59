/* getifaddrs(3), which asks by netlink, finds lo with its address and flags */
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include "t.h"

int main(void)
{
	struct ifaddrs *all, *i;
	bool v4 = false, packet = false;

	T_OK(getifaddrs(&all));
	for (i = all; i; i = i->ifa_next) {
		if (strcmp(i->ifa_name, "lo") || !i->ifa_addr)
			continue;
		T_TRUE(i->ifa_flags & IFF_LOOPBACK);
		packet |= i->ifa_addr->sa_family == AF_PACKET;
		if (i->ifa_addr->sa_family == AF_INET) {
			T_EQ(ntohl(((struct sockaddr_in *)i->ifa_addr)->sin_addr.s_addr),
			     INADDR_LOOPBACK);
			T_EQ(ntohl(((struct sockaddr_in *)i->ifa_netmask)->sin_addr.s_addr),
			     0xff000000);
			v4 = true;
		}
	}
	T_TRUE(v4);
	T_TRUE(packet);
	freeifaddrs(all);
	T_EQ(if_nametoindex("lo"), 1);
	return 0;
}
