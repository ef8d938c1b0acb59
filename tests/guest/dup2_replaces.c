/* dup2(2) closes what had the number; onto itself it does nothing */
#include "t.h"

int main(void)
{
	char c;
	int p[2], q[2];

	T_OK(pipe(p));
	T_OK(pipe(q));
	T_EQ(dup2(p[1], q[1]), q[1]);
	T_EQ(read(q[0], &c, 1), 0);
	t_post(q[1]);
	t_take(p[0]);
	T_EQ(dup2(p[1], p[1]), p[1]);
	T_ERR(dup2(99, 99), EBADF);
	T_ERR(dup2(99, p[1]), EBADF);
	T_ERR(dup2(p[1], -1), EBADF);
	t_post(p[1]);
	return 0;
}
