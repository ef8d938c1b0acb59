/* write(2) to a file returns how many bytes it took, and they are there */
#include "t.h"

int main(void)
{
	char buf[16];
	int fd = T_OK(open("f", O_RDWR | O_CREAT | O_EXCL, 0644));

	T_EQ(write(fd, "hello", 5), 5);
	T_EQ(lseek(fd, 0, SEEK_CUR), 5);
	T_EQ(pread(fd, buf, sizeof(buf), 0), 5);
	T_MEM(buf, "hello", 5);
	return 0;
}
