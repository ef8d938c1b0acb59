/* chroot(2): not for ordinary users, not of a file */
#include "t.h"

int main(void)
{
	pid_t pid;

	t_write_file("f", "x");
	T_ERR(chroot("f"), ENOTDIR);
	T_ERR(chroot("absent"), ENOENT);
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(chroot("."), EPERM);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
