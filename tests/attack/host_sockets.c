/*
 * Row 42: sockets of the host cannot be reached: abstract ones, one that lies
 * on a mount, the host's loopback
 */
#include <netinet/in.h>
#include <stddef.h>

#include "a.h"

int main(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	const char *name = getenv("ATTACK_ABSTRACT");
	int s = T_OK(socket(AF_UNIX, SOCK_STREAM, 0)), pair[2];

	T_TRUE(name != NULL);
	strcpy(sun.sun_path + 1, name);
	T_EQ(connect(s, (struct sockaddr *)&sun,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name))),
	     -1);
	strcpy(sun.sun_path, "/mnt/rw/host.sock");
	T_EQ(connect(s, (struct sockaddr *)&sun, sizeof(sun)), -1);
	strcpy(sun.sun_path, "/proc/self/root/mnt/rw/host.sock");
	T_EQ(connect(s, (struct sockaddr *)&sun, sizeof(sun)), -1);
	T_EQ(open("/mnt/rw/host.sock", O_RDWR | O_NONBLOCK), -1);
	sin.sin_port = htons((uint16_t)a_number("ATTACK_PORT"));
	s = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_EQ(connect(s, (struct sockaddr *)&sin, sizeof(sin)), -1);
	/* the twin: names of the sandbox's own */
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	t_post(pair[0]);
	t_take(pair[1]);
	s = T_OK(socket(AF_UNIX, SOCK_STREAM, 0));
	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	strcpy(sun.sun_path + 1, name);
	T_OK(bind(s, (struct sockaddr *)&sun,
		  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name))));
	return 0;
}
