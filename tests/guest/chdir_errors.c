/* chdir(2): a file, nothing, no permission, bad descriptor */
#include "t.h"

int main(void)
{
	pid_t pid;
	int fd;

	t_write_file("f", "x");
	T_OK(mkdir("d", 0755));
	T_OK(chmod("d", 0666));
	fd = T_OK(open("f", O_RDONLY));
	T_ERR(chdir("f"), ENOTDIR);
	T_ERR(chdir("absent"), ENOENT);
	T_ERR(chdir(""), ENOENT);
	T_ERR(chdir(t_badptr()), EFAULT);
	T_ERR(fchdir(fd), ENOTDIR);
	T_ERR(fchdir(-1), EBADF);
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(chdir("d"), EACCES);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
