/* a non-blocking terminal without input is EAGAIN */
#include <pty.h>

#include "t.h"

int main(void)
{
	char c;
	int m, s;

	T_OK(openpty(&m, &s, NULL, NULL, NULL));
	T_OK(fcntl(s, F_SETFL, O_RDWR | O_NONBLOCK));
	T_OK(fcntl(m, F_SETFL, O_RDWR | O_NONBLOCK));
	T_ERR(read(s, &c, 1), EAGAIN);
	T_ERR(read(m, &c, 1), EAGAIN);
	T_EQ(write(m, "x", 1), 1);
	T_ERR(read(s, &c, 1), EAGAIN);
	return 0;
}
