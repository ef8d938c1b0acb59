/* a process asleep in accept wakes when somebody connects */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(sin);
	int l = T_OK(socket(AF_INET, SOCK_STREAM, 0)), c;
	pid_t pid;

	T_OK(bind(l, (struct sockaddr *)&sin, size));
	T_OK(listen(l, 5));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	pid = T_OK(fork());
	if (pid == 0) {
		c = T_OK(accept(l, NULL, NULL));
		t_post(c);
		_exit(0);
	}
	t_await_sleep(pid);
	c = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_OK(connect(c, (struct sockaddr *)&sin, sizeof(sin)));
	t_take(c);
	t_reap(pid);
	return 0;
}
