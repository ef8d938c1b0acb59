/* when the last slave closes, the master reads EIO, and poll says hung up */
#include <pty.h>

#include "t.h"

int main(void)
{
	struct pollfd pfd;
	char buf[8];
	int m, s;

	T_OK(openpty(&m, &s, NULL, NULL, NULL));
	T_EQ(write(s, "x", 1), 1);
	T_OK(close(s));
	T_EQ(read(m, buf, 8), 1);
	T_ERR(read(m, buf, 8), EIO);
	pfd = (struct pollfd){.fd = m, .events = POLLIN};
	T_EQ(poll(&pfd, 1, 0), 1);
	T_TRUE(pfd.revents & POLLHUP);
	return 0;
}
