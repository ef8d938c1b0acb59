/* membarrier(2): a process must register before it uses the expedited private command. */
#include <linux/membarrier.h>

#include "t.h"

static long membarrier(int cmd, unsigned flags)
{
	return syscall(SYS_membarrier, cmd, flags, 0);
}

int main(void)
{
	long known = membarrier(MEMBARRIER_CMD_QUERY, 0);

	if (known < 0 && errno == ENOSYS)
		T_SKIP("no membarrier here");
	T_OK(known);
	T_TRUE(known & MEMBARRIER_CMD_PRIVATE_EXPEDITED);
	T_ERR(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0), EPERM);
	T_OK(membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0));
	T_OK(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0));
	T_OK(membarrier(MEMBARRIER_CMD_GLOBAL, 0));
	T_ERR(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 77), EINVAL);
	T_ERR(membarrier(0x40000000, 0), EINVAL);
	return 0;
}
