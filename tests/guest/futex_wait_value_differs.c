/* FUTEX_WAIT on a value that has changed returns EAGAIN at once */
#include <linux/futex.h>

#include "t.h"

int main(void)
{
	int word = 1;

	T_ERR(syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0), EAGAIN);
	T_ERR(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0), EAGAIN);
	return 0;
}
