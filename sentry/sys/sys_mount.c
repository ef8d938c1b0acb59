/* mount(2), umount2(2) */
#include <fcntl.h>
#include <sys/mount.h>

#include "fs/mount.h"
#include "gen/sys_proto.h"
#include "kernel/facts.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/uaccess.h"
#include "sys/user_path.h"

#define MS_MAGIC_VALUE 0xc0ed0000ul
#define MS_MAGIC_MASK  0xffff0000ul

static int optional_str(struct task *t, uaddr_t str, char **ret)
{
	return str ? strndup_from_user(t, str, PAGE_SIZE, ret) : 0;
}

/* The source is a path only for binds and moves. */
static int source_path(struct task *t, uaddr_t dev_name, unsigned long flags, struct path *ret)
{
	if (!(flags & (MS_BIND | MS_MOVE)) || flags & MS_REMOUNT)
		return 0;
	return dev_name ? path_lookup_user(t, AT_FDCWD, dev_name, LOOKUP_FOLLOW, ret) : -EINVAL;
}

long sys_mount(struct task *t, uaddr_t dev_name, uaddr_t dir_name, uaddr_t type,
	       unsigned long flags, uaddr_t udata)
{
	cleanup_path struct path at = PATH_NONE;
	cleanup_path struct path from = PATH_NONE;
	cleanup_free char *source = NULL;
	cleanup_free char *fs = NULL;
	cleanup_free char *data = NULL;
	int err;

	if ((flags & MS_MAGIC_MASK) == MS_MAGIC_VALUE)
		flags &= ~MS_MAGIC_MASK;
	err = optional_str(t, type, &fs);
	if (!err)
		err = optional_str(t, dev_name, &source);
	if (!err)
		err = optional_str(t, udata, &data);
	if (!err)
		err = path_lookup_user(t, AT_FDCWD, dir_name, LOOKUP_FOLLOW, &at);
	if (!err && !task_capable(t, CAP_SYS_ADMIN))
		err = -EPERM;
	if (!err)
		err = source_path(t, dev_name, flags, &from);
	if (err)
		return err;
	return vfs_mount(t->cred, source, path_valid(&from) ? &from : NULL, &at, fs, flags, data);
}

long sys_umount2(struct task *t, uaddr_t name, int flags)
{
	cleanup_path struct path at = PATH_NONE;
	int err;

	if (flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW))
		return -EINVAL;
	err = path_lookup_user(t, AT_FDCWD, name, flags & UMOUNT_NOFOLLOW ? 0 : LOOKUP_FOLLOW, &at);
	if (err)
		return err;
	facts_await_shut();
	return vfs_umount(t->cred, &at, flags);
}
