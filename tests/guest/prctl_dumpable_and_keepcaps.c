/*
 * PR_SET_DUMPABLE takes 0 and 1; PR_SET_KEEPCAPS keeps what root had permitted
 */
#include <linux/capability.h>
#include <sys/prctl.h>

#include "t.h"

int main(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];
	pid_t pid;

	T_EQ(prctl(PR_GET_DUMPABLE), 1);
	T_OK(prctl(PR_SET_DUMPABLE, 0));
	T_EQ(prctl(PR_GET_DUMPABLE), 0);
	T_ERR(prctl(PR_SET_DUMPABLE, 2), EINVAL);
	T_OK(prctl(PR_SET_DUMPABLE, 1));
	T_EQ(prctl(PR_GET_KEEPCAPS), 0);
	T_ERR(prctl(PR_SET_KEEPCAPS, 2), EINVAL);
	if (geteuid() != 0)
		return 0;
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(prctl(PR_SET_KEEPCAPS, 1));
		T_OK(syscall(SYS_setresuid, 1000, 1000, 1000));
		T_OK(syscall(SYS_capget, &head, data));
		T_EQ(data[0].effective, 0);
		T_NE(data[0].permitted, 0);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
