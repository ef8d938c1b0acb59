/* membarrier(2): the query, and expedited only after registration */
#include <linux/membarrier.h>

#include "t.h"

int main(void)
{
	long cmds = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);

	if (cmds == -1 && errno == ENOSYS)
		T_SKIP("no membarrier");
	T_TRUE(cmds & MEMBARRIER_CMD_GLOBAL);
	T_ERR(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0), EPERM);
	T_OK(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0));
	T_OK(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
	T_ERR(syscall(SYS_membarrier, 1 << 30, 0, 0), EINVAL);
	return 0;
}
