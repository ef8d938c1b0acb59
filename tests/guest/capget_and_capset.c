/*
 * capget(2) and capset(2): dropping is allowed, gaining is not; version check
 */
#include <linux/capability.h>

#include "t.h"

int main(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		T_OK(syscall(SYS_capget, &head, data));
		data[0].effective = data[1].effective = 0;
		data[0].inheritable = data[1].inheritable = 0;
		data[0].permitted = data[1].permitted = 0;
		T_OK(syscall(SYS_capset, &head, data));
		data[0].permitted = 1 << CAP_CHOWN;
		T_ERR(syscall(SYS_capset, &head, data), EPERM);
		head.version = 0x1234;
		T_ERR(syscall(SYS_capget, &head, data), EINVAL);
		T_EQ(head.version, _LINUX_CAPABILITY_VERSION_3);
		head.pid = 999999;
		T_ERR(syscall(SYS_capget, &head, data), ESRCH);
		T_ERR(syscall(SYS_capget, t_badptr(), data), EFAULT);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
