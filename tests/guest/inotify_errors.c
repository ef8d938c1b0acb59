/*
 * inotify: nothing there, empty mask, bad flags and descriptors, no room to
 * read
 */
#include <sys/inotify.h>

#include "t.h"

int main(void)
{
	char small[4];
	int fd = T_OK(inotify_init1(IN_NONBLOCK));

	T_ERR(inotify_init1(1), EINVAL);
	T_ERR(inotify_add_watch(fd, "absent", IN_MODIFY), ENOENT);
	T_ERR(inotify_add_watch(fd, ".", 0), EINVAL);
	T_ERR(inotify_add_watch(99, ".", IN_MODIFY), EBADF);
	T_ERR(inotify_add_watch(0, ".", IN_MODIFY), EINVAL);
	T_ERR(inotify_rm_watch(fd, 555), EINVAL);
	T_ERR(inotify_rm_watch(99, 1), EBADF);
	T_ERR(inotify_add_watch(fd, t_badptr(), IN_MODIFY), EFAULT);
	t_write_file("f", "x");
	T_ERR(inotify_add_watch(fd, "f", IN_MODIFY | IN_ONLYDIR), ENOTDIR);
	T_OK(inotify_add_watch(fd, ".", IN_CREATE));
	t_write_file("g", "x");
	T_ERR(read(fd, small, sizeof(small)), EINVAL);
	return 0;
}
