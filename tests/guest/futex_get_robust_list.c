/* set_robust_list(2) and get_robust_list(2) agree; a wrong size is EINVAL */
#include <linux/futex.h>

#include "t.h"

int main(void)
{
	struct robust_list_head head = {.list = {&head.list}}, *got;
	size_t size = 0;

	T_OK(syscall(SYS_set_robust_list, &head, sizeof(head)));
	T_OK(syscall(SYS_get_robust_list, 0, &got, &size));
	T_TRUE(got == &head);
	T_EQ(size, sizeof(head));
	T_ERR(syscall(SYS_set_robust_list, &head, 5), EINVAL);
	T_ERR(syscall(SYS_get_robust_list, 999999, &got, &size), ESRCH);
	return 0;
}
