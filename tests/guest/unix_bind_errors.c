/* bind: name taken, bound already, missing directory, bad family and length */
#include <sys/socket.h>
#include <sys/un.h>

#include "t.h"

int main(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "sock"};
	int a = T_OK(socket(AF_UNIX, SOCK_STREAM, 0)), b = T_OK(socket(AF_UNIX, SOCK_STREAM, 0));

	umask(022);
	T_OK(bind(a, (struct sockaddr *)&sun, sizeof(sun)));
	T_ERR(bind(b, (struct sockaddr *)&sun, sizeof(sun)), EADDRINUSE);
	strcpy(sun.sun_path, "other");
	T_ERR(bind(a, (struct sockaddr *)&sun, sizeof(sun)), EINVAL);
	strcpy(sun.sun_path, "absent/sock");
	T_ERR(bind(b, (struct sockaddr *)&sun, sizeof(sun)), ENOENT);
	sun.sun_family = 77;
	T_ERR(bind(b, (struct sockaddr *)&sun, sizeof(sun)), EINVAL);
	T_ERR(bind(b, (struct sockaddr *)&sun, 1), EINVAL);
	T_ERR(bind(b, (struct sockaddr *)&sun, 200), EINVAL);
	T_ERR(bind(b, t_badptr(), 20), EFAULT);
	T_ERR(bind(0, (struct sockaddr *)&sun, sizeof(sun)), ENOTSOCK);
	T_ERR(bind(99, (struct sockaddr *)&sun, sizeof(sun)), EBADF);
	return 0;
}
