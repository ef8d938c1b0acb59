/* epoll tells a connected datagram socket that its receiver has room again */
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "t.h"

int main(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "server"};
	struct epoll_event ev = {.events = EPOLLOUT | EPOLLET};
	int server = socket(AF_UNIX, SOCK_DGRAM, 0), client = socket(AF_UNIX, SOCK_DGRAM, 0);
	int ep = epoll_create1(0), n = 0;
	pid_t pid;
	char c;

	T_OK(bind(server, (void *)&a, sizeof(a)));
	T_OK(connect(client, (void *)&a, sizeof(a)));
	while (send(client, "x", 1, MSG_DONTWAIT) == 1)
		T_LT(n++, 100000);
	T_EQ(errno, EAGAIN);
	T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, client, &ev));
	T_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	pid = fork();
	if (!pid) {
		T_EQ(epoll_wait(ep, &ev, 1, 10000), 1);
		T_TRUE(ev.events & EPOLLOUT);
		_exit(0);
	}
	t_await_sleep(pid);
	while (n--)
		T_EQ(recv(server, &c, 1, 0), 1);
	t_reap(pid);
	return 0;
}
