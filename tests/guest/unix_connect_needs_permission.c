/* connect to a path needs write permission on the socket */
#include <sys/socket.h>
#include <sys/un.h>

#include "t.h"

int main(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "sock"};
	int l = T_OK(socket(AF_UNIX, SOCK_STREAM, 0));
	pid_t pid;

	T_OK(bind(l, (struct sockaddr *)&sun, sizeof(sun)));
	T_OK(listen(l, 5));
	T_OK(chmod("sock", 0555));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(connect(T_OK(socket(AF_UNIX, SOCK_STREAM, 0)), (struct sockaddr *)&sun,
			      sizeof(sun)),
		      EACCES);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
