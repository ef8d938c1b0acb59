/* read(2) of a directory */
#include "t.h"

int main(void)
{
	char buf[100];
	int fd = T_OK(open(".", O_RDONLY));

	T_ERR(read(fd, buf, sizeof(buf)), EISDIR);
	return 0;
}
