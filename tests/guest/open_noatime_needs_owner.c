/* O_NOATIME is for the owner of a file */
#include "t.h"

int main(void)
{
	pid_t pid;

	t_write_file("f", "x");
	T_OK(open("f", O_RDONLY | O_NOATIME));
	if (geteuid() != 0)
		return 0;
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_OK(open("f", O_RDONLY));
		T_ERR(open("f", O_RDONLY | O_NOATIME), EPERM);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
