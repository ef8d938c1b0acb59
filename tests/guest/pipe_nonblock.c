/*
 * a non-blocking pipe: EAGAIN when empty, part of a large write, EAGAIN when
 * full
 */
#include "t.h"

int main(void)
{
	static char buf[100000];
	int p[2];

	T_OK(pipe2(p, O_NONBLOCK));
	T_ERR(read(p[0], buf, 1), EAGAIN);
	T_EQ(write(p[1], buf, sizeof(buf)), 65536);
	T_ERR(write(p[1], buf, 1), EAGAIN);
	T_EQ(read(p[0], buf, 4095), 4095);
	T_ERR(write(p[1], buf, PIPE_BUF), EAGAIN);
	T_EQ(read(p[0], buf, 1), 1);
	T_EQ(write(p[1], buf, PIPE_BUF), PIPE_BUF);
	T_OK(close(p[1]));
	T_OK(fcntl(p[0], F_SETFL, O_NONBLOCK));
	while (read(p[0], buf, sizeof(buf)) > 0)
		;
	T_EQ(read(p[0], buf, 1), 0);
	return 0;
}
