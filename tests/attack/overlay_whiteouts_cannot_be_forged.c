/*
 * Row 29: a device 0,0 or an opaque mark made by a guest hides nothing by
 * itself
 */
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "a.h"

int main(void)
{
	struct stat st;

	if (mknod("/tmp/null", S_IFCHR | 0600, makedev(0, 0)) == 0) {
		T_OK(lstat("/tmp/null", &st));
		T_TRUE(S_ISCHR(st.st_mode));
	}
	setxattr("/etc", "trusted.overlay.opaque", "y", 1, 0);
	setxattr("/etc", "user.overlay.opaque", "y", 1, 0);
	T_OK(access("/etc/marker", F_OK));
	a_survives();
	return 0;
}
