/* tee(2) copies from pipe to pipe and leaves the bytes where they were */
#include "t.h"

int main(void)
{
	char buf[8];
	int a[2], b[2];

	T_OK(pipe2(a, O_NONBLOCK));
	T_OK(pipe2(b, O_NONBLOCK));
	T_ERR(tee(a[0], b[1], 10, 0), EAGAIN);
	T_EQ(write(a[1], "hello", 5), 5);
	T_EQ(tee(a[0], b[1], 3, 0), 3);
	T_EQ(read(b[0], buf, 8), 3);
	T_MEM(buf, "hel", 3);
	T_EQ(read(a[0], buf, 8), 5);
	T_MEM(buf, "hello", 5);
	T_ERR(tee(a[0], a[1], 1, 0), EINVAL);
	T_ERR(tee(0, b[1], 1, 0), EINVAL);
	return 0;
}
