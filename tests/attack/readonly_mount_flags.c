/*
 * Row 28: a read-only mount stays so: no remount, no bind, no unmount that
 * shows something below
 */
#include <sys/mount.h>

#include "a.h"

int main(void)
{
	mount(NULL, "/mnt/ro", NULL, MS_REMOUNT, NULL);
	mount(NULL, "/mnt/ro", NULL, MS_REMOUNT | MS_BIND, NULL);
	T_EQ(open("/mnt/ro/file", O_RDWR), -1);
	if (mkdir("/tmp/b", 0755) == 0 && mount("/mnt/ro", "/tmp/b", NULL, MS_BIND, NULL) == 0)
		T_EQ(open("/tmp/b/file", O_RDWR), -1);
	if (umount2("/mnt/ro", MNT_DETACH) == 0)
		a_not_secret("/mnt/ro/../../outside/secret");
	a_survives();
	return 0;
}
