/* reboot(2), syslog(2), vhangup(2) by an ordinary user */
#include <linux/reboot.h>
#include <sys/klog.h>
#include <sys/reboot.h>

#include "t.h"

int main(void)
{
	if (getuid() == 0)
		T_OK(setresuid(1000, 1000, 1000));
	T_ERR(reboot(LINUX_REBOOT_CMD_CAD_ON), EPERM);
	T_ERR(klogctl(11, NULL, 0), EPERM);
	T_ERR(klogctl(5, NULL, 0), EPERM); /* clear */
	T_ERR(vhangup(), EPERM);
	return 0;
}
