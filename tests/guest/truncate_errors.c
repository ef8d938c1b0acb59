/*
 * truncate(2): directories, negative sizes, read-only descriptors, no
 * permission
 */
#include "t.h"

int main(void)
{
	pid_t pid;
	int ro, p[2];

	t_write_file("f", "x");
	T_OK(mkdir("d", 0755));
	T_OK(pipe(p));
	ro = T_OK(open("f", O_RDONLY));
	T_ERR(truncate("d", 0), EISDIR);
	T_ERR(truncate("f", -1), EINVAL);
	T_ERR(truncate("absent", 0), ENOENT);
	T_ERR(truncate("f/x", 0), ENOTDIR);
	T_ERR(truncate(t_badptr(), 0), EFAULT);
	T_ERR(ftruncate(ro, 0), EINVAL);
	T_ERR(ftruncate(p[1], 0), EINVAL);
	T_ERR(ftruncate(-1, 0), EBADF);
	T_OK(chmod("f", 0444));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(truncate("f", 0), EACCES);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
