/* bind with only a family takes an abstract name of five hex digits */
#include <sys/socket.h>
#include <sys/un.h>

#include "t.h"

int main(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	socklen_t len = sizeof(sun);
	int s = T_OK(socket(AF_UNIX, SOCK_DGRAM, 0));

	T_OK(bind(s, (struct sockaddr *)&sun, 2));
	T_OK(getsockname(s, (struct sockaddr *)&sun, &len));
	T_EQ(len, 2 + 6);
	T_EQ(sun.sun_path[0], 0);
	T_EQ(strspn(sun.sun_path + 1, "0123456789abcdef"), 5);
	return 0;
}
