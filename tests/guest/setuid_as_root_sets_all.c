/* setuid(2) of root changes all three ids and gives up every capability */
#include <linux/capability.h>

#include "t.h"

int main(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];
	uid_t r, e, s;
	pid_t pid;

	t_need_root();
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(syscall(SYS_setuid, 1000));
		T_OK(getresuid(&r, &e, &s));
		T_EQ(r + e + s, 3000);
		T_OK(syscall(SYS_capget, &head, data));
		T_EQ(data[0].effective, 0);
		T_EQ(data[0].permitted, 0);
		T_ERR(syscall(SYS_setuid, 0), EPERM);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
