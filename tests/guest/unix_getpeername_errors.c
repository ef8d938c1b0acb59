/* getpeername of what is not connected; bad lengths and addresses */
#include <sys/socket.h>
#include <sys/un.h>

#include "t.h"

int main(void)
{
	struct sockaddr_un sun;
	socklen_t size = sizeof(sun);
	int s = T_OK(socket(AF_UNIX, SOCK_STREAM, 0));

	T_ERR(getpeername(s, (struct sockaddr *)&sun, &size), ENOTCONN);
	T_ERR(getsockname(0, (struct sockaddr *)&sun, &size), ENOTSOCK);
	T_ERR(getsockname(s, (struct sockaddr *)&sun, t_badptr()), EFAULT);
	size = (socklen_t)-1;
	T_ERR(getsockname(s, (struct sockaddr *)&sun, &size), EINVAL);
	T_ERR(send(s, "x", 1, 0), ENOTCONN);
	T_ERR(recv(s, &sun, 1, 0), EINVAL);
	T_ERR(listen(s, 1), EINVAL);
	return 0;
}
