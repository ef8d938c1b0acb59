/*
 * another process's memory, environment and descriptors are closed to a
 * stranger
 */
#include "t.h"

int main(void)
{
	char path[64], buf[64];
	pid_t me = getpid(), pid;

	t_need_root();
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		snprintf(path, sizeof(path), "/proc/%d/environ", me);
		T_ERR(open(path, O_RDONLY), EACCES);
		snprintf(path, sizeof(path), "/proc/%d/exe", me);
		T_ERR(readlink(path, buf, sizeof(buf)), EACCES);
		snprintf(path, sizeof(path), "/proc/%d/fd", me);
		T_ERR(open(path, O_RDONLY), EACCES);
		snprintf(path, sizeof(path), "/proc/%d/cmdline", me);
		T_OK(open(path, O_RDONLY));
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
