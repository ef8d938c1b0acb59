/* futex(2): unknown command, crooked and bad addresses, empty bitset */
#include <linux/futex.h>

#include "t.h"

int main(void)
{
	int word[2] = {0};

	T_ERR(syscall(SYS_futex, word, 99, 0, NULL, NULL, 0), ENOSYS);
	T_ERR(syscall(SYS_futex, (char *)word + 1, FUTEX_WAIT, 0, NULL, NULL, 0), EINVAL);
	T_ERR(syscall(SYS_futex, (char *)word + 1, FUTEX_WAKE, 1, NULL, NULL, 0), EINVAL);
	T_ERR(syscall(SYS_futex, t_badptr(), FUTEX_WAIT, 0, NULL, NULL, 0), EFAULT);
	T_ERR(syscall(SYS_futex, word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0), EINVAL);
	T_ERR(syscall(SYS_futex, word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 0), EINVAL);
	T_ERR(syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, NULL, NULL, 0),
	      ENOSYS);
	T_EQ(syscall(SYS_futex, t_badptr(), FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 0);
	return 0;
}
