/* SO_PEERCRED: who connected, who listened */
#include <sys/socket.h>
#include <sys/un.h>

#include "t.h"

int main(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "sock"};
	struct ucred cred;
	socklen_t size = sizeof(cred);
	pid_t pid, me = getpid();
	int l = T_OK(socket(AF_UNIX, SOCK_STREAM, 0)), a, c;

	T_OK(bind(l, (struct sockaddr *)&sun, sizeof(sun)));
	T_OK(listen(l, 5));
	pid = T_OK(fork());
	if (pid == 0) {
		c = T_OK(socket(AF_UNIX, SOCK_STREAM, 0));
		T_OK(connect(c, (struct sockaddr *)&sun, sizeof(sun)));
		T_OK(getsockopt(c, SOL_SOCKET, SO_PEERCRED, &cred, &size));
		T_EQ(cred.pid, me);
		_exit(0);
	}
	a = T_OK(accept(l, NULL, NULL));
	T_OK(getsockopt(a, SOL_SOCKET, SO_PEERCRED, &cred, &size));
	T_EQ(cred.pid, pid);
	T_EQ(cred.uid, geteuid());
	t_reap(pid);
	return 0;
}
