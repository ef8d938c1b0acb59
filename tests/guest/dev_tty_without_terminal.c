/* /dev/tty without a controlling terminal is ENXIO */
#include "t.h"

int main(void)
{
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		T_OK(setsid());
		T_ERR(open("/dev/tty", O_RDWR), ENXIO);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
