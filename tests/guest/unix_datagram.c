/* datagrams keep their borders; the sender's name; too small a buffer cuts */
#include <sys/socket.h>
#include <sys/un.h>

#include "t.h"

int main(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "a"};
	struct sockaddr_un b = {.sun_family = AF_UNIX, .sun_path = "b"}, from;
	socklen_t size = sizeof(from);
	char buf[16];
	int sa = T_OK(socket(AF_UNIX, SOCK_DGRAM, 0)), sb = T_OK(socket(AF_UNIX, SOCK_DGRAM, 0));

	T_OK(bind(sa, (struct sockaddr *)&a, sizeof(a)));
	T_OK(bind(sb, (struct sockaddr *)&b, sizeof(b)));
	T_EQ(sendto(sa, "one", 3, 0, (struct sockaddr *)&b, sizeof(b)), 3);
	T_EQ(sendto(sa, "second", 6, 0, (struct sockaddr *)&b, sizeof(b)), 6);
	T_EQ(sendto(sa, "", 0, 0, (struct sockaddr *)&b, sizeof(b)), 0);
	T_EQ(recvfrom(sb, buf, 16, 0, (struct sockaddr *)&from, &size), 3);
	T_STR(from.sun_path, "a");
	T_EQ(recv(sb, buf, 3, MSG_TRUNC), 6);
	T_MEM(buf, "sec", 3);
	T_EQ(recv(sb, buf, 16, 0), 0);
	T_ERR(recv(sb, buf, 16, MSG_DONTWAIT), EAGAIN);
	T_ERR(send(sa, "x", 1, 0), ENOTCONN);
	T_OK(connect(sa, (struct sockaddr *)&b, sizeof(b)));
	T_EQ(send(sa, "x", 1, 0), 1);
	T_OK(close(sb));
	T_ERR(send(sa, "x", 1, 0), ECONNREFUSED);
	return 0;
}
