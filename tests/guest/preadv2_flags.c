/*
 * preadv2(2) and pwritev2(2): offset -1 is the position, RWF_APPEND, unknown
 * flags
 */
#include "t.h"

int main(void)
{
	char buf[8];
	struct iovec in = {buf, 8}, out = {(char *)"xyz", 3};
	int fd;

	t_write_file("f", "abc");
	fd = T_OK(open("f", O_RDWR));
	T_EQ(preadv2(fd, &in, 1, -1, 0), 3);
	T_EQ(lseek(fd, 0, SEEK_CUR), 3);
	T_EQ(pwritev2(fd, &out, 1, 0, RWF_APPEND), 3);
	T_EQ(lseek(fd, 0, SEEK_CUR), 3);
	T_EQ(pread(fd, buf, 8, 0), 6);
	T_MEM(buf, "abcxyz", 6);
	T_ERR(preadv2(fd, &in, 1, 0, 1 << 30), EOPNOTSUPP);
	T_ERR(pwritev2(fd, &out, 1, 0, 1 << 30), EOPNOTSUPP);
	return 0;
}
