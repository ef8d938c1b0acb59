/* rseq(2): registered once by the C library or refused; a bad size is EINVAL */
#include "t.h"

int main(void)
{
	static char area[64] __attribute__((aligned(32)));

	if (syscall(334, area, 32, 0, 0x53053053) == -1) {
		T_TRUE(errno == ENOSYS || errno == EBUSY || errno == EINVAL || errno == EPERM);
		return 0;
	}
	T_OK(syscall(334, area, 32, 1, 0x53053053));
	return 0;
}
