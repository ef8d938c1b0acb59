/* mknod(2): files and fifos for everybody, devices only for root */
#include <sys/sysmacros.h>

#include "t.h"

int main(void)
{
	struct stat st;
	pid_t pid;

	T_OK(mknod("f", S_IFREG | 0600, 0));
	T_OK(stat("f", &st));
	T_EQ(st.st_mode, S_IFREG | 0600);
	T_OK(mknod("p", S_IFIFO | 0600, 0));
	T_OK(stat("p", &st));
	T_EQ(st.st_mode, S_IFIFO | 0600);
	T_OK(mknod("s", S_IFSOCK | 0600, 0));
	T_ERR(mknod("f", S_IFREG | 0600, 0), EEXIST);
	T_ERR(mknod("d", S_IFDIR | 0700, 0), EPERM);
	T_ERR(mknod("x", S_IFMT, 0), EINVAL);
	T_OK(chmod(".", 0777));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(mknod("c", S_IFCHR | 0600, makedev(1, 3)), EPERM);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
