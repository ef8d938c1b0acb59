/* Start-up of the socket families. */
#include "net/internal.h"
#include "net/sock.h"

int net_init(void)
{
	unix_init();
	inet_init();
	netlink_init();
	return sockfs_init();
}
