/* accept(2) without a free number fails with EMFILE and leaves the connection in the queue */
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int l = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0), s;
	struct rlimit old, few;

	T_OK(bind(l, (void *)&a, sizeof(a)));
	T_OK(listen(l, 5));
	T_OK(getsockname(l, (void *)&a, &len));
	T_OK(connect(c, (void *)&a, sizeof(a)));
	T_OK(getrlimit(RLIMIT_NOFILE, &old));
	few = old;
	few.rlim_cur = 5;
	T_OK(setrlimit(RLIMIT_NOFILE, &few));
	T_ERR(accept(l, NULL, NULL), EMFILE);
	T_OK(setrlimit(RLIMIT_NOFILE, &old));
	s = accept(l, NULL, NULL);
	T_GE(s, 0);
	T_EQ(write(c, "x", 1), 1);
	return 0;
}
