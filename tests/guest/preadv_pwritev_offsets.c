/* preadv(2) and pwritev(2) work at an offset and leave the position */
#include "t.h"

int main(void)
{
	char a[2], b[8];
	struct iovec out[2] = {{(char *)"one", 3}, {(char *)"two", 3}};
	struct iovec in[2] = {{a, 2}, {b, 8}};
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	T_EQ(pwritev(fd, out, 2, 10), 6);
	T_EQ(lseek(fd, 0, SEEK_CUR), 0);
	T_EQ(preadv(fd, in, 2, 11), 5);
	T_MEM(a, "ne", 2);
	T_MEM(b, "two", 3);
	T_EQ(lseek(fd, 0, SEEK_CUR), 0);
	T_ERR(preadv(fd, in, 2, -1), EINVAL);
	T_ERR(pwritev(fd, out, 2, -1), EINVAL);
	return 0;
}
