/* poll(2): more entries than descriptors allowed, bad address */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	struct rlimit r = {10, 10};
	struct pollfd pfd[20] = {{0}};

	T_ERR(syscall(SYS_poll, t_badptr(), 1, 0), EFAULT);
	T_OK(setrlimit(RLIMIT_NOFILE, &r));
	T_ERR(poll(pfd, 20, 0), EINVAL);
	return 0;
}
