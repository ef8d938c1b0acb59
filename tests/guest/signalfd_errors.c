/* signalfd4(2): unknown flags, wrong size, a descriptor that is none */
#include <sys/signalfd.h>

#include "t.h"

int main(void)
{
	sigset_t set;

	sigemptyset(&set);
	T_ERR(signalfd(-1, &set, 1), EINVAL);
	T_ERR(signalfd(0, &set, 0), EINVAL);
	T_ERR(signalfd(99, &set, 0), EBADF);
	T_ERR(syscall(SYS_signalfd4, -1, &set, 4, 0), EINVAL);
	T_ERR(syscall(SYS_signalfd4, -1, t_badptr(), 8, 0), EFAULT);
	return 0;
}
