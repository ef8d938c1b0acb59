/* files of /proc that are for reading cannot be written, made or removed */
#include "t.h"

int main(void)
{
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		t_drop_root();
		T_ERR(open("/proc/version", O_WRONLY), EACCES);
		T_ERR(open("/proc/newfile", O_WRONLY | O_CREAT, 0644), ENOENT);
		T_ERR(unlink("/proc/version"), EACCES);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
