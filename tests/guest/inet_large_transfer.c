/* megabytes through a TCP connection arrive whole and in order */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

#define TOTAL (3 << 20)
int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	static unsigned char buf[50000];
	socklen_t size = sizeof(sin);
	int l = T_OK(socket(AF_INET, SOCK_STREAM, 0)), s;
	long at = 0, i;
	pid_t pid;

	T_OK(bind(l, (struct sockaddr *)&sin, size));
	T_OK(listen(l, 1));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	pid = T_OK(fork());
	if (pid == 0) {
		s = T_OK(socket(AF_INET, SOCK_STREAM, 0));
		T_OK(connect(s, (struct sockaddr *)&sin, sizeof(sin)));
		while (at < TOTAL) {
			for (i = 0; i < (long)sizeof(buf); i++)
				buf[i] = (unsigned char)((at + i) * 13);
			i = T_OK(write(s, buf,
				       TOTAL - at < (long)sizeof(buf) ? (size_t)(TOTAL - at)
								      : sizeof(buf)));
			at += i;
		}
		_exit(0);
	}
	s = T_OK(accept(l, NULL, NULL));
	for (;;) {
		ssize_t got = T_OK(read(s, buf, 33333));
		if (got == 0)
			break;
		for (i = 0; i < got; i++)
			T_EQ(buf[i], (unsigned char)((at + i) * 13));
		at += got;
	}
	T_EQ(at, TOTAL);
	t_reap(pid);
	return 0;
}
