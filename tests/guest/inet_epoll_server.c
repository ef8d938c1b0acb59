/* a small epoll server answers several clients at once */
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "t.h"

#define CLIENTS 8
#define ROUNDS  20
static void client(const struct sockaddr_in *sin)
{
	int s = T_OK(socket(AF_INET, SOCK_STREAM, 0)), i;
	unsigned v, back;

	T_OK(connect(s, (const struct sockaddr *)sin, sizeof(*sin)));
	for (i = 0; i < ROUNDS; i++) {
		v = (unsigned)(getpid() * 1000 + i);
		T_EQ(write(s, &v, 4), 4);
		T_EQ(recv(s, &back, 4, MSG_WAITALL), 4);
		T_EQ(back, v + 1);
	}
	_exit(0);
}

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct epoll_event ev = {.events = EPOLLIN}, out[4];
	socklen_t size = sizeof(sin);
	int l = T_OK(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)), ep = T_OK(epoll_create1(0)),
	    i, n, closed = 0;
	pid_t pid[CLIENTS];
	unsigned v;

	T_OK(bind(l, (struct sockaddr *)&sin, size));
	T_OK(listen(l, CLIENTS));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	for (i = 0; i < CLIENTS; i++) {
		pid[i] = T_OK(fork());
		if (pid[i] == 0)
			client(&sin);
	}
	ev.data.fd = l;
	T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, l, &ev));
	while (closed < CLIENTS) {
		n = T_OK(epoll_wait(ep, out, 4, -1));
		for (i = 0; i < n; i++) {
			int fd = out[i].data.fd;
			if (fd == l) {
				ev.data.fd = T_OK(accept(l, NULL, NULL));
				T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, ev.data.fd, &ev));
				continue;
			}
			if (recv(fd, &v, 4, MSG_WAITALL) == 4) {
				v++;
				T_EQ(write(fd, &v, 4), 4);
			} else {
				T_OK(close(fd));
				closed++;
			}
		}
	}
	for (i = 0; i < CLIENTS; i++)
		t_reap(pid[i]);
	return 0;
}
