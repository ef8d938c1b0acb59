/* fadvise64(2): advice, pipes and bad arguments */
#include "t.h"

int main(void)
{
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644)), p[2];

	T_OK(pipe(p));
	T_OK(syscall(SYS_fadvise64, fd, 0, 0, POSIX_FADV_SEQUENTIAL));
	T_OK(syscall(SYS_fadvise64, fd, 0, 0, POSIX_FADV_DONTNEED));
	T_ERR(syscall(SYS_fadvise64, fd, 0, 0, 99), EINVAL);
	T_ERR(syscall(SYS_fadvise64, p[0], 0, 0, POSIX_FADV_NORMAL), ESPIPE);
	T_ERR(syscall(SYS_fadvise64, -1, 0, 0, POSIX_FADV_NORMAL), EBADF);
	return 0;
}
