/*
 * accept, recv and connect wait through SA_RESTART, not with a receive timeout
 */
#include <sys/socket.h>
#include <sys/un.h>

#include "t.h"

static int s[2];

static void on_usr(int sig)
{
	T_EQ(sig, SIGUSR1);
	T_EQ(write(s[1], "x", 1), 1);
}

static pid_t send_when_asleep(int sig)
{
	pid_t me = getpid(), pid = T_OK(fork());

	if (pid == 0) {
		t_await_sleep(me);
		T_OK(kill(me, sig));
		_exit(0);
	}
	return pid;
}

int main(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "sock"};
	struct timeval ten = {10, 0};
	pid_t helper;
	int sock;
	char c;

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	t_on_signal(SIGUSR1, on_usr, SA_RESTART);
	t_on_signal(SIGUSR2, t_ignore_signal, 0);
	helper = send_when_asleep(SIGUSR1);
	T_EQ(recv(s[0], &c, 1, 0), 1);
	t_reap(helper);
	T_OK(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &ten, sizeof(ten)));
	helper = send_when_asleep(SIGUSR1);
	T_ERR(recv(s[0], &c, 1, 0), EINTR);
	t_reap(helper);
	sock = T_OK(socket(AF_UNIX, SOCK_STREAM, 0));
	T_OK(bind(sock, (struct sockaddr *)&sun, sizeof(sun)));
	T_OK(listen(sock, 1));
	helper = send_when_asleep(SIGUSR2);
	T_ERR(accept(sock, NULL, NULL), EINTR);
	t_reap(helper);
	return 0;
}
