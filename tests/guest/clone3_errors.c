/* clone3(2): sizes, unknown flags, bad signals, a stack without size */
#include <linux/sched.h>

#include "t.h"

int main(void)
{
	struct {
		struct clone_args args;
		uint64_t more;
	} big = {.more = 1};
	struct clone_args args = {.exit_signal = SIGCHLD};

	T_ERR(syscall(SYS_clone3, &args, 8), EINVAL);
	T_ERR(syscall(SYS_clone3, &args, 100000), E2BIG);
	T_ERR(syscall(SYS_clone3, &big, sizeof(big)), E2BIG);
	T_ERR(syscall(SYS_clone3, t_badptr(), sizeof(args)), EFAULT);
	args.flags = 1ULL << 63;
	T_ERR(syscall(SYS_clone3, &args, sizeof(args)), EINVAL);
	args = (struct clone_args){.exit_signal = 200};
	T_ERR(syscall(SYS_clone3, &args, sizeof(args)), EINVAL);
	args = (struct clone_args){.exit_signal = SIGCHLD, .stack = 0x1000};
	T_ERR(syscall(SYS_clone3, &args, sizeof(args)), EINVAL);
	args = (struct clone_args){.exit_signal = SIGCHLD, .stack_size = 0x1000};
	T_ERR(syscall(SYS_clone3, &args, sizeof(args)), EINVAL);
	return 0;
}
