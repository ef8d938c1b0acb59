/* a pipe that poll calls writable takes PIPE_BUF bytes without sleeping */
#include "t.h"

int main(void)
{
	char buf[PIPE_BUF] = {0};
	struct pollfd pfd;
	int p[2], n = 0;

	T_OK(pipe(p));
	T_OK(fcntl(p[1], F_SETFL, O_WRONLY | O_NONBLOCK));
	pfd = (struct pollfd){.fd = p[1], .events = POLLOUT};
	while (poll(&pfd, 1, 0) == 1) {
		T_EQ(write(p[1], buf, sizeof(buf)), sizeof(buf));
		T_LT(n++, 1000);
	}
	T_EQ(n, 16);
	return 0;
}
