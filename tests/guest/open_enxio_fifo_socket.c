/*
 * O_WRONLY|O_NONBLOCK on a fifo without reader, and open of a socket, are
 * ENXIO
 */
#include <sys/socket.h>
#include <sys/un.h>

#include "t.h"

int main(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "s"};
	int sock = T_OK(socket(AF_UNIX, SOCK_STREAM, 0));

	T_OK(mkfifo("p", 0644));
	T_ERR(open("p", O_WRONLY | O_NONBLOCK), ENXIO);
	T_OK(bind(sock, (struct sockaddr *)&sun, sizeof(sun)));
	T_ERR(open("s", O_RDONLY), ENXIO);
	return 0;
}
