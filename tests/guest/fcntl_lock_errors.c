/* F_SETLK: access mode, bad type, negative range, bad descriptor and address */
#include "t.h"

int main(void)
{
	struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int ro, wo;

	t_write_file("f", "x");
	ro = T_OK(open("f", O_RDONLY));
	wo = T_OK(open("f", O_WRONLY));
	T_ERR(fcntl(ro, F_SETLK, &fl), EBADF);
	fl.l_type = F_RDLCK;
	T_ERR(fcntl(wo, F_SETLK, &fl), EBADF);
	fl.l_type = 77;
	T_ERR(fcntl(ro, F_SETLK, &fl), EINVAL);
	fl = (struct flock){.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = -5};
	T_ERR(fcntl(ro, F_SETLK, &fl), EINVAL);
	fl.l_start = 0;
	fl.l_whence = 9;
	T_ERR(fcntl(ro, F_SETLK, &fl), EINVAL);
	T_ERR(fcntl(99, F_SETLK, &fl), EBADF);
	T_ERR(fcntl(ro, F_SETLK, t_badptr()), EFAULT);
	return 0;
}
