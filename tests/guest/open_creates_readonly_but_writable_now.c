/* a file made with mode 0444 is writable through the descriptor that made it */
#include "t.h"

int main(void)
{
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0444));

	T_EQ(write(fd, "x", 1), 1);
	return 0;
}
