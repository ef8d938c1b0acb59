/* signalfd(2), signalfd4(2) */
#include <sys/signalfd.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/signalfd.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

long sys_signalfd4(struct task *t, int ufd, uaddr_t user_mask, size_t sizemask, int flags)
{
	cleanup_file struct file *f = NULL;
	sigset64_t mask;
	int err;

	if (sizemask != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(t, &mask, user_mask, sizeof(mask)))
		return -EFAULT;
	if (flags & ~(SFD_CLOEXEC | SFD_NONBLOCK))
		return -EINVAL;
	if (ufd == -1) {
		err = signalfd_create_file(mask, flags, &f);
		return err ? err : fd_install(t, f, flags & SFD_CLOEXEC);
	}
	f = fd_get(t, ufd);
	if (!f)
		return -EBADF;
	if (!file_is_signalfd(f))
		return -EINVAL;
	signalfd_set_mask(f, mask);
	return ufd;
}

long sys_signalfd(struct task *t, int ufd, uaddr_t user_mask, size_t sizemask)
{
	return sys_signalfd4(t, ufd, user_mask, sizemask, 0);
}
