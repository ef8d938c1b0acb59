/* the end of a connection keeps the name of its closed peer */
#include <sys/socket.h>
#include <sys/un.h>

#include "t.h"

int main(void)
{
	struct sockaddr_un l = {.sun_family = AF_UNIX, .sun_path = "listener"}, got;
	struct sockaddr_un n = {.sun_family = AF_UNIX, .sun_path = "client"};
	int s = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0), e;
	socklen_t len = sizeof(got);

	T_OK(bind(s, (void *)&l, sizeof(l)));
	T_OK(listen(s, 1));
	T_OK(bind(c, (void *)&n, sizeof(n)));
	T_OK(connect(c, (void *)&l, sizeof(l)));
	T_OK(close(c));
	e = accept(s, (void *)&got, &len);
	T_GE(e, 0);
	T_STR(got.sun_path, "client");
	len = sizeof(got);
	T_OK(getpeername(e, (void *)&got, &len));
	T_STR(got.sun_path, "client");
	return 0;
}
