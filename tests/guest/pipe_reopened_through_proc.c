/* /proc/self/fd/N of a pipe opens another end of the same pipe */
#include "t.h"

int main(void)
{
	char path[64], c;
	int p[2], r;

	T_OK(pipe(p));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p[0]);
	r = T_OK(open(path, O_RDONLY | O_NONBLOCK));
	T_EQ(write(p[1], "x", 1), 1);
	T_EQ(read(r, &c, 1), 1);
	T_ERR(read(r, &c, 1), EAGAIN);
	T_OK(close(p[1]));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", r);
	p[1] = T_OK(open(path, O_WRONLY));
	T_EQ(write(p[1], "y", 1), 1);
	T_EQ(read(p[0], &c, 1), 1);
	return 0;
}
