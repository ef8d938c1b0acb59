/* VMIN and VTIME decide when a raw read returns */
#include <pty.h>
#include <termios.h>

#include "t.h"

int main(void)
{
	struct termios t;
	char buf[64];
	int m, s;
	pid_t pid;

	T_OK(openpty(&m, &s, NULL, NULL, NULL));
	T_OK(tcgetattr(s, &t));
	cfmakeraw(&t);
	t.c_cc[VMIN] = 0;
	t.c_cc[VTIME] = 0;
	T_OK(tcsetattr(s, TCSANOW, &t));
	T_EQ(read(s, buf, 64), 0);
	t.c_cc[VMIN] = 3;
	T_OK(tcsetattr(s, TCSANOW, &t));
	pid = T_OK(fork());
	if (pid == 0) {
		T_EQ(read(s, buf, 64), 3);
		_exit(0);
	}
	t_await_sleep(pid);
	T_EQ(write(m, "ab", 2), 2);
	t_await_sleep(pid);
	T_EQ(write(m, "c", 1), 1);
	t_reap(pid);
	t.c_cc[VMIN] = 0;
	t.c_cc[VTIME] = 1;
	T_OK(tcsetattr(s, TCSANOW, &t));
	T_EQ(read(s, buf, 64), 0);
	return 0;
}
