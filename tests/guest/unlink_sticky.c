/* in a sticky directory only the owner removes or renames a file */
#include "t.h"

int main(void)
{
	pid_t pid;

	t_need_root();
	T_OK(mkdir("d", 0777));
	T_OK(chmod("d", 01777));
	t_write_file("d/roots", "x");
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		t_write_file("d/mine", "x");
		T_ERR(unlink("d/roots"), EPERM);
		T_ERR(rename("d/roots", "d/x"), EPERM);
		T_ERR(rename("d/mine", "d/roots"), EPERM);
		T_OK(unlink("d/mine"));
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
