/* sendfile(2): pipes as source, wrong access modes, negative offsets */
#include <sys/sendfile.h>

#include "t.h"

int main(void)
{
	off_t off = -1;
	int p[2], rw, ro, wo;

	rw = T_OK(open("f", O_RDWR | O_CREAT, 0644));
	ro = T_OK(open("f", O_RDONLY));
	wo = T_OK(open("f", O_WRONLY));
	T_OK(pipe(p));
	t_post(p[1]);
	T_ERR(sendfile(rw, -1, NULL, 1), EBADF);
	T_ERR(sendfile(-1, rw, NULL, 1), EBADF);
	T_ERR(sendfile(ro, rw, NULL, 1), EBADF);
	T_ERR(sendfile(rw, wo, NULL, 1), EBADF);
	T_ERR(sendfile(p[1], ro, &off, 1), EINVAL);
	off = 0;
	T_ERR(sendfile(rw, p[0], &off, 1), ESPIPE);
	T_ERR(sendfile(p[1], ro, t_badptr(), 1), EFAULT);
	return 0;
}
