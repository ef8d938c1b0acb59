/* an ordinary user may not go past /proc/sys/fs/pipe-max-size */
#include "t.h"

int main(void)
{
	pid_t pid;
	char buf[32];
	int p[2];
	int max;

	t_read_file("/proc/sys/fs/pipe-max-size", buf, sizeof(buf));
	max = atoi(buf);
	T_GT(max, 4095);
	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(fcntl(p[0], F_SETPIPE_SZ, max * 2), EPERM);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
