/* a slave's newline reaches the master as carriage return and newline */
#include <pty.h>

#include "t.h"

int main(void)
{
	char buf[64];
	int m, s;

	T_OK(openpty(&m, &s, NULL, NULL, NULL));
	T_EQ(write(s, "hi\n", 3), 3);
	T_EQ(read(m, buf, 64), 4);
	T_MEM(buf, "hi\r\n", 4);
	return 0;
}
