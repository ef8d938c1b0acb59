/* a hundred connections to one listener, each with its own bytes */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(sin);
	int l = T_OK(socket(AF_INET, SOCK_STREAM, 0)), c[100], a[100], i, v;

	T_OK(bind(l, (struct sockaddr *)&sin, size));
	T_OK(listen(l, 128));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	for (i = 0; i < 100; i++) {
		c[i] = T_OK(socket(AF_INET, SOCK_STREAM, 0));
		T_OK(connect(c[i], (struct sockaddr *)&sin, sizeof(sin)));
		T_EQ(write(c[i], &i, sizeof(i)), sizeof(i));
	}
	for (i = 0; i < 100; i++) {
		a[i] = T_OK(accept(l, NULL, NULL));
		T_EQ(recv(a[i], &v, sizeof(v), MSG_WAITALL), sizeof(v));
		T_EQ(v, i);
		v += 1000;
		T_EQ(write(a[i], &v, sizeof(v)), sizeof(v));
	}
	for (i = 0; i < 100; i++) {
		T_EQ(recv(c[i], &v, sizeof(v), MSG_WAITALL), sizeof(v));
		T_EQ(v, i + 1000);
	}
	return 0;
}
