/* vmsplice(2) puts memory into a pipe, and takes it out again */
#include "t.h"

int main(void)
{
	char in[16] = {0};
	struct iovec out[2] = {{(char *)"abc", 3}, {(char *)"defg", 4}}, back = {in, 16};
	int p[2];

	T_OK(pipe2(p, O_NONBLOCK));
	T_EQ(vmsplice(p[1], out, 2, 0), 7);
	T_EQ(vmsplice(p[0], &back, 1, 0), 7);
	T_STR(in, "abcdefg");
	T_ERR(vmsplice(0, out, 1, 0), EBADF);
	T_ERR(vmsplice(p[1], t_badptr(), 1, 0), EFAULT);
	return 0;
}
