/*
 * splice(2): no pipe among the two, an offset for a pipe, both the same pipe,
 * append
 */
#include "t.h"

int main(void)
{
	off_t off = 0;
	int p[2], a, b, ap;

	t_write_file("a", "x");
	a = T_OK(open("a", O_RDONLY));
	b = T_OK(open("b", O_RDWR | O_CREAT, 0644));
	ap = T_OK(open("b", O_WRONLY | O_APPEND));
	T_OK(pipe2(p, O_NONBLOCK));
	T_ERR(splice(a, NULL, b, NULL, 1, 0), EINVAL);
	T_ERR(splice(a, NULL, p[1], &off, 1, 0), ESPIPE);
	T_ERR(splice(p[0], NULL, p[1], NULL, 1, 0), EINVAL);
	T_ERR(splice(-1, NULL, p[1], NULL, 1, 0), EBADF);
	T_ERR(splice(a, NULL, p[0], NULL, 1, 0), EBADF);
	T_ERR(splice(p[0], NULL, b, NULL, 1, SPLICE_F_NONBLOCK), EAGAIN);
	t_post(p[1]);
	T_ERR(splice(p[0], NULL, ap, NULL, 1, 0), EINVAL);
	T_ERR(splice(a, NULL, p[1], NULL, 1, 0x80), EINVAL);
	return 0;
}
