/* uname(2): Linux on x86_64; the host name agrees with /proc */
#include <sys/utsname.h>

#include "t.h"

int main(void)
{
	struct utsname u;
	char buf[128];

	T_OK(uname(&u));
	T_STR(u.sysname, "Linux");
	T_STR(u.machine, "x86_64");
	T_TRUE(u.release[0] >= '3' && u.release[0] <= '9');
	T_TRUE(strlen(u.version) > 0);
	t_read_file("/proc/sys/kernel/hostname", buf, sizeof(buf));
	buf[strcspn(buf, "\n")] = '\0';
	T_STR(u.nodename, buf);
	T_ERR(syscall(SYS_uname, t_badptr()), EFAULT);
	return 0;
}
