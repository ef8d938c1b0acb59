/* a carriage return from the master is a newline for the slave */
#include <pty.h>

#include "t.h"

int main(void)
{
	char buf[64];
	int m, s;

	T_OK(openpty(&m, &s, NULL, NULL, NULL));
	T_EQ(write(m, "ls\r", 3), 3);
	T_EQ(read(s, buf, 64), 3);
	T_MEM(buf, "ls\n", 3);
	return 0;
}
