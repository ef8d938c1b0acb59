/* inotify_init(2), inotify_init1(2), inotify_add_watch(2), inotify_rm_watch(2) */
#include <fcntl.h>
#include <sys/inotify.h>

#include "fs/dentry.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/inotify.h"
#include "gen/sys_proto.h"
#include "kernel/facts.h"
#include "kernel/task.h"
#include "sys/user_path.h"

#define MASK_KNOWN                                                                               \
	(IN_ALL_EVENTS | IN_UNMOUNT | IN_Q_OVERFLOW | IN_IGNORED | IN_ONLYDIR | IN_DONT_FOLLOW | \
	 IN_EXCL_UNLINK | IN_MASK_CREATE | IN_MASK_ADD | IN_ISDIR | IN_ONESHOT)

long sys_inotify_init1(struct task *t, int flags)
{
	cleanup_file struct file *f = NULL;
	int err;

	if (flags & ~(IN_CLOEXEC | IN_NONBLOCK))
		return -EINVAL;
	err = inotify_create(flags, &f);
	return err ? err : fd_install(t, f, flags & IN_CLOEXEC);
}

long sys_inotify_init(struct task *t)
{
	return sys_inotify_init1(t, 0);
}

long sys_inotify_add_watch(struct task *t, int fd, uaddr_t path, u32 mask)
{
	cleanup_file struct file *f = NULL;
	cleanup_path struct path p = PATH_NONE;
	unsigned lookup = (mask & IN_DONT_FOLLOW ? 0 : LOOKUP_FOLLOW) |
			  (mask & IN_ONLYDIR ? LOOKUP_DIRECTORY : 0);
	int err;

	if (!(mask & MASK_KNOWN))
		return -EINVAL;
	f = fd_get(t, fd);
	if (!f)
		return -EBADF;
	if ((mask & IN_MASK_ADD && mask & IN_MASK_CREATE) || !file_is_inotify(f))
		return -EINVAL;
	err = path_lookup_user(t, AT_FDCWD, path, lookup, &p);
	if (!err)
		err = inode_permission(p.dentry->inode, MAY_READ, t->cred);
	if (err)
		return err;
	/* What was closed before is not told of, what is closed from now on at once. */
	facts_await_shut();
	err = inotify_watch(f, p.dentry->inode, mask);
	facts_await_shut();
	return err;
}

long sys_inotify_rm_watch(struct task *t, int fd, int wd)
{
	cleanup_file struct file *f = fd_get(t, fd);

	if (!f)
		return -EBADF;
	return file_is_inotify(f) ? inotify_unwatch(f, wd) : -EINVAL;
}
