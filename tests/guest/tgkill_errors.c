/* tgkill(2) and tkill(2): wrong pair, nobody, bad numbers */
#include "t.h"

int main(void)
{
	T_OK(syscall(SYS_tgkill, getpid(), t_gettid(), 0));
	T_ERR(syscall(SYS_tgkill, getpid() + 1, t_gettid(), 0), ESRCH);
	T_ERR(syscall(SYS_tgkill, getpid(), 999999, 0), ESRCH);
	T_ERR(syscall(SYS_tgkill, 0, t_gettid(), 0), EINVAL);
	T_ERR(syscall(SYS_tgkill, getpid(), 0, 0), EINVAL);
	T_ERR(syscall(SYS_tgkill, getpid(), t_gettid(), 65), EINVAL);
	T_ERR(syscall(SYS_tkill, -1, 0), EINVAL);
	T_ERR(syscall(SYS_tkill, 999999, 0), ESRCH);
	return 0;
}
