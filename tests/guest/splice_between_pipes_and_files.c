/* splice(2) moves bytes from a file into a pipe and on into a file */
#include "t.h"

int main(void)
{
	char buf[16];
	off_t off = 2;
	int p[2], in, out;

	t_write_file("in", "0123456789");
	in = T_OK(open("in", O_RDONLY));
	out = T_OK(open("out", O_RDWR | O_CREAT, 0644));
	T_OK(pipe(p));
	T_EQ(splice(in, &off, p[1], NULL, 5, 0), 5);
	T_EQ(off, 7);
	T_EQ(lseek(in, 0, SEEK_CUR), 0);
	T_EQ(splice(p[0], NULL, out, NULL, 100, 0), 5);
	T_EQ(pread(out, buf, 16, 0), 5);
	T_MEM(buf, "23456", 5);
	T_EQ(splice(in, NULL, p[1], NULL, 4, 0), 4);
	T_EQ(lseek(in, 0, SEEK_CUR), 4);
	return 0;
}
