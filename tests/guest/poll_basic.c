/*
 * poll(2): negative descriptors are skipped, closed ones are POLLNVAL, files
 * are ready
 */
#include "t.h"

int main(void)
{
	struct pollfd pfd[4];
	int p[2], file = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	T_OK(pipe(p));
	pfd[0] = (struct pollfd){.fd = -1, .events = POLLIN, .revents = 77};
	pfd[1] = (struct pollfd){.fd = 99, .events = POLLIN};
	pfd[2] = (struct pollfd){.fd = file, .events = POLLIN | POLLOUT};
	pfd[3] = (struct pollfd){.fd = p[0], .events = POLLIN};
	T_EQ(poll(pfd, 4, -1), 2);
	T_EQ(pfd[0].revents, 0);
	T_EQ(pfd[1].revents, POLLNVAL);
	T_EQ(pfd[2].revents, POLLIN | POLLOUT);
	T_EQ(pfd[3].revents, 0);
	T_EQ(poll(NULL, 0, 1), 0);
	return 0;
}
