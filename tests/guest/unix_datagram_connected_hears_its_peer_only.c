/* to a datagram socket that is connected to another, sending and connecting fail with EPERM */
#include <sys/socket.h>
#include <sys/un.h>

#include "t.h"

int main(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "a"};
	struct sockaddr_un b = {.sun_family = AF_UNIX, .sun_path = "b"};
	int sa = socket(AF_UNIX, SOCK_DGRAM, 0), sb = socket(AF_UNIX, SOCK_DGRAM, 0);
	int other = socket(AF_UNIX, SOCK_DGRAM, 0);

	T_OK(bind(sa, (void *)&a, sizeof(a)));
	T_OK(bind(sb, (void *)&b, sizeof(b)));
	T_OK(connect(sa, (void *)&b, sizeof(b)));
	T_ERR(sendto(other, "x", 1, 0, (void *)&a, sizeof(a)), EPERM);
	T_ERR(connect(other, (void *)&a, sizeof(a)), EPERM);
	T_EQ(sendto(sb, "x", 1, 0, (void *)&a, sizeof(a)), 1);
	return 0;
}
