/* copy_file_range(2) copies between files with offsets or positions */
#include "t.h"

int main(void)
{
	char buf[16];
	off_t from = 2, to = 1;
	int a, b, p[2];

	t_write_file("a", "0123456789");
	a = T_OK(open("a", O_RDONLY));
	b = T_OK(open("b", O_RDWR | O_CREAT, 0644));
	T_OK(pipe(p));
	T_EQ(copy_file_range(a, &from, b, &to, 5, 0), 5);
	T_EQ(from, 7);
	T_EQ(to, 6);
	T_EQ(pread(b, buf, 16, 0), 6);
	T_MEM(buf, "\00023456", 6);
	T_EQ(copy_file_range(a, NULL, b, NULL, 3, 0), 3);
	T_EQ(lseek(a, 0, SEEK_CUR), 3);
	T_EQ(lseek(b, 0, SEEK_CUR), 3);
	T_ERR(copy_file_range(a, NULL, b, NULL, 1, 1), EINVAL);
	T_ERR(copy_file_range(a, NULL, p[1], NULL, 1, 0), EINVAL);
	T_ERR(copy_file_range(a, NULL, a, NULL, 1, 0), EBADF);
	T_ERR(copy_file_range(T_OK(open(".", O_RDONLY)), NULL, b, NULL, 1, 0), EISDIR);
	return 0;
}
