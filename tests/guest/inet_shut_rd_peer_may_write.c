/* after shutdown(SHUT_RD) of a TCP end the other may still write to it */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int l = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0), s;
	char b;

	T_OK(bind(l, (void *)&a, sizeof(a)));
	T_OK(listen(l, 5));
	T_OK(getsockname(l, (void *)&a, &len));
	T_OK(connect(c, (void *)&a, sizeof(a)));
	s = accept(l, NULL, NULL);
	T_GE(s, 0);
	T_OK(shutdown(s, SHUT_RD));
	T_EQ(read(s, &b, 1), 0);
	T_EQ(send(c, "x", 1, MSG_NOSIGNAL), 1);
	T_EQ(send(c, "y", 1, MSG_NOSIGNAL), 1);
	T_EQ(write(s, "z", 1), 1);
	T_EQ(read(c, &b, 1), 1);
	return 0;
}
