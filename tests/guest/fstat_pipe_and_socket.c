/* fstat(2) of what has no path */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct stat a, b;
	int p[2], s[2];

	T_OK(pipe(p));
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	T_OK(fstat(p[0], &a));
	T_OK(fstat(p[1], &b));
	T_TRUE(S_ISFIFO(a.st_mode));
	T_EQ(a.st_ino, b.st_ino);
	T_OK(fstat(s[0], &a));
	T_OK(fstat(s[1], &b));
	T_TRUE(S_ISSOCK(a.st_mode));
	T_NE(a.st_ino, b.st_ino);
	T_ERR(fstat(-1, &a), EBADF);
	T_ERR(syscall(SYS_fstat, p[0], t_badptr()), EFAULT);
	return 0;
}
