/* PR_SET_NAME keeps fifteen bytes of a thread's name, and /proc shows it */
#include <sys/prctl.h>

#include "t.h"

int main(void)
{
	char name[16], buf[32];

	T_OK(prctl(PR_SET_NAME, "a name that is far too long"));
	T_OK(prctl(PR_GET_NAME, name));
	T_STR(name, "a name that is ");
	t_read_file("/proc/self/comm", buf, sizeof(buf));
	T_STR(buf, "a name that is \n");
	t_write_file("/proc/self/comm", "other");
	T_OK(prctl(PR_GET_NAME, name));
	T_STR(name, "other");
	T_ERR(prctl(PR_SET_NAME, t_badptr()), EFAULT);
	return 0;
}
