/* sendfile(2) from a file into a pipe or a file, with and without an offset */
#include <sys/sendfile.h>

#include "t.h"

int main(void)
{
	char buf[16];
	off_t off = 3;
	int p[2], in, out;

	t_write_file("in", "0123456789");
	in = T_OK(open("in", O_RDONLY));
	out = T_OK(open("out", O_RDWR | O_CREAT, 0644));
	T_OK(pipe(p));
	T_EQ(sendfile(p[1], in, &off, 4), 4);
	T_EQ(off, 7);
	T_EQ(lseek(in, 0, SEEK_CUR), 0);
	T_EQ(read(p[0], buf, 16), 4);
	T_MEM(buf, "3456", 4);
	T_EQ(sendfile(out, in, NULL, 100), 10);
	T_EQ(lseek(in, 0, SEEK_CUR), 10);
	T_EQ(sendfile(out, in, NULL, 100), 0);
	T_EQ(pread(out, buf, 16, 0), 10);
	T_MEM(buf, "0123456789", 10);
	return 0;
}
