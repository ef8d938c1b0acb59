/*
 * a sender on a full TCP connection sleeps, and wakes when the other side
 * reads
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	static char buf[1 << 20];
	socklen_t size = sizeof(sin);
	long total = 0, want = 0;
	ssize_t got;
	int l = T_OK(socket(AF_INET, SOCK_STREAM, 0)), s, p[2];
	pid_t pid;

	T_OK(bind(l, (struct sockaddr *)&sin, size));
	T_OK(listen(l, 1));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		s = T_OK(socket(AF_INET, SOCK_STREAM, 0));
		T_OK(connect(s, (struct sockaddr *)&sin, sizeof(sin)));
		while ((got = send(s, buf, sizeof(buf), MSG_DONTWAIT)) > 0)
			total += got;
		T_EQ(errno, EAGAIN);
		T_EQ(write(p[1], &total, sizeof(total)), sizeof(total));
		T_EQ(send(s, buf, sizeof(buf), 0), sizeof(buf));
		_exit(0);
	}
	s = T_OK(accept(l, NULL, NULL));
	T_EQ(read(p[0], &want, sizeof(want)), sizeof(want));
	while ((got = T_OK(read(s, buf, sizeof(buf)))) > 0)
		total += got;
	T_EQ(total, want + (1 << 20));
	t_reap(pid);
	return 0;
}
