/*
 * files with holes of terabytes, offsets at the end of what can be counted,
 * EFBIG and EINVAL
 */
#include "t.h"

int main(void)
{
	char c = 'x', buf[4];
	struct stat st;
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	T_EQ(pwrite(fd, &c, 1, 1LL << 40), 1);
	T_OK(fstat(fd, &st));
	T_EQ(st.st_size, (1LL << 40) + 1);
	T_LT(st.st_blocks, 10000);
	T_EQ(pread(fd, buf, 4, (1LL << 40) - 3), 4);
	T_MEM(buf, "\0\0\0x", 4);
	T_EQ(pwrite(fd, &c, 1, INT64_MAX), -1);
	T_TRUE(errno == EFBIG || errno == EINVAL);
	T_EQ(ftruncate(fd, INT64_MAX), -1);
	T_EQ(lseek(fd, 0, SEEK_END), (1LL << 40) + 1);
	T_EQ(lseek(fd, INT64_MAX, SEEK_CUR), -1);
	T_TRUE(errno == EINVAL || errno == EOVERFLOW);
	return 0;
}
