/* canonical mode: a line at a time, echoed, with erase and kill */
#include <pty.h>
#include <termios.h>

#include "t.h"

int main(void)
{
	struct termios t;
	struct pollfd pfd;
	char buf[64];
	ssize_t got;
	int m, s;

	T_OK(openpty(&m, &s, NULL, NULL, NULL));
	T_OK(tcgetattr(s, &t));
	T_TRUE(t.c_lflag & ICANON);
	T_TRUE(t.c_lflag & ECHO);
	T_TRUE(t.c_lflag & ISIG);
	T_TRUE(t.c_oflag & ONLCR);
	pfd = (struct pollfd){.fd = s, .events = POLLIN};
	T_EQ(write(m, "ab", 2), 2);
	T_EQ(poll(&pfd, 1, 0), 0);
	T_EQ(write(m, "c\177d\n", 4), 4);
	T_EQ(poll(&pfd, 1, -1), 1);
	T_EQ(read(s, buf, 64), 4);
	T_MEM(buf, "abd\n", 4);
	for (got = 0; got < 9;)
		got += T_OK(read(m, buf + got, sizeof(buf) - (size_t)got));
	T_EQ(got, 9);
	T_MEM(buf, "abc\b \bd\r\n", 9);
	return 0;
}
