/* chmod(2): nothing there, not the owner, bad descriptor */
#include "t.h"

int main(void)
{
	pid_t pid;

	t_write_file("f", "x");
	T_ERR(chmod("absent", 0600), ENOENT);
	T_ERR(chmod("f/x", 0600), ENOTDIR);
	T_ERR(chmod(t_badptr(), 0600), EFAULT);
	T_ERR(fchmod(-1, 0600), EBADF);
	T_ERR(syscall(SYS_fchmodat, -1, "f", 0600), EBADF);
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(chmod("/", 0755), EPERM);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
