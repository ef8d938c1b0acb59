/* O_PATH does not need read permission of the file */
#include "t.h"

int main(void)
{
	pid_t pid;

	t_write_file("f", "x");
	T_OK(chmod("f", 0));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_OK(open("f", O_PATH));
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
