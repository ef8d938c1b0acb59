/* raw mode: every byte at once, nothing echoed or changed */
#include <pty.h>
#include <termios.h>

#include "t.h"

int main(void)
{
	struct termios t;
	struct pollfd pfd;
	char buf[64];
	int m, s;

	T_OK(openpty(&m, &s, NULL, NULL, NULL));
	T_OK(tcgetattr(s, &t));
	cfmakeraw(&t);
	T_OK(tcsetattr(s, TCSANOW, &t));
	T_EQ(write(m, "\003\004\177\r", 4), 4);
	T_EQ(read(s, buf, 64), 4);
	T_MEM(buf, "\003\004\177\r", 4);
	pfd = (struct pollfd){.fd = m, .events = POLLIN};
	T_EQ(poll(&pfd, 1, 0), 0);
	T_EQ(write(s, "a\nb", 3), 3);
	T_EQ(read(m, buf, 64), 3);
	T_MEM(buf, "a\nb", 3);
	return 0;
}
