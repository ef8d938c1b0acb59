/* SIOCGIFCONF lists the loopback interface, SIOCGIFFLAGS says it is up */
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct ifreq req[8], lo = {.ifr_name = "lo"};
	struct ifconf conf = {.ifc_len = sizeof(req), .ifc_req = req};
	int s = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), i;
	bool seen = false;

	T_OK(ioctl(s, SIOCGIFCONF, &conf));
	for (i = 0; i < conf.ifc_len / (int)sizeof(req[0]); i++)
		seen = seen || strcmp(req[i].ifr_name, "lo") == 0;
	T_TRUE(seen);
	T_OK(ioctl(s, SIOCGIFFLAGS, &lo));
	T_TRUE(lo.ifr_flags & IFF_LOOPBACK);
	T_TRUE(lo.ifr_flags & IFF_UP);
	T_OK(ioctl(s, SIOCGIFINDEX, &lo));
	T_EQ(lo.ifr_ifindex, 1);
	strcpy(lo.ifr_name, "absent0");
	T_ERR(ioctl(s, SIOCGIFFLAGS, &lo), ENODEV);
	return 0;
}
