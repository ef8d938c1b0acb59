/* creating needs write permission on the directory */
#include "t.h"

int main(void)
{
	pid_t pid;

	T_OK(mkdir("d", 0555));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(open("d/f", O_WRONLY | O_CREAT, 0644), EACCES);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
