/* Start-up of the socket families. */
#include "net/internal.h"
#include "net/sock.h"

void net_init(void)
{
	sockfs_init();
	unix_init();
	inet_init();
}
