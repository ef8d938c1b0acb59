/* mkdir, mknod, symlink, link, unlink, rmdir, rename, readlink and their at-kin */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "fs/dirops.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/uaccess.h"
#include "sys/user_path.h"

long sys_mkdirat(struct task *t, int dirfd, uaddr_t path, mode_t mode)
{
	cleanup_user_path struct user_path up;
	int err = user_path_get(t, dirfd, path, &up);

	return err ? err : vfs_mkdir(&up.base, up.name, mode);
}

long sys_mkdir(struct task *t, uaddr_t path, mode_t mode)
{
	return sys_mkdirat(t, AT_FDCWD, path, mode);
}

long sys_mknodat(struct task *t, int dirfd, uaddr_t path, mode_t mode, u32 dev)
{
	cleanup_user_path struct user_path up;
	int err = user_path_get(t, dirfd, path, &up);

	return err ? err : vfs_mknod(&up.base, up.name, mode & (S_IFMT | 07777), dev);
}

long sys_mknod(struct task *t, uaddr_t path, mode_t mode, u32 dev)
{
	return sys_mknodat(t, AT_FDCWD, path, mode, dev);
}

long sys_symlinkat(struct task *t, uaddr_t oldname, int newdfd, uaddr_t newname)
{
	cleanup_user_path struct user_path up;
	cleanup_free char *target = NULL;
	int err = strndup_from_user(t, oldname, NAMEI_PATH_MAX, &target);

	up.base = (struct namei_base){.cred = NULL};
	if (!err && !*target)
		err = -ENOENT;
	if (!err)
		err = user_path_get(t, newdfd, newname, &up);
	return err ? err : vfs_symlink(&up.base, target, up.name);
}

long sys_symlink(struct task *t, uaddr_t oldname, uaddr_t newname)
{
	return sys_symlinkat(t, oldname, AT_FDCWD, newname);
}

long sys_linkat(struct task *t, int olddfd, uaddr_t oldname, int newdfd, uaddr_t newname, int flags)
{
	cleanup_user_path struct user_path up;
	cleanup_path struct path old = PATH_NONE;
	unsigned lookup = flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0;
	int err;

	up.base = (struct namei_base){.cred = NULL};
	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = path_lookup_user(t, olddfd, oldname, lookup, &old);
	if (!err)
		err = user_path_get(t, newdfd, newname, &up);
	return err ? err : vfs_link(&old, &up.base, up.name);
}

long sys_link(struct task *t, uaddr_t oldname, uaddr_t newname)
{
	return sys_linkat(t, AT_FDCWD, oldname, AT_FDCWD, newname, 0);
}

long sys_unlinkat(struct task *t, int dirfd, uaddr_t path, int flags)
{
	cleanup_user_path struct user_path up;
	int err;

	up.base = (struct namei_base){.cred = NULL};
	if (flags & ~AT_REMOVEDIR)
		return -EINVAL;
	err = user_path_get(t, dirfd, path, &up);
	if (err)
		return err;
	return flags & AT_REMOVEDIR ? vfs_rmdir(&up.base, up.name) : vfs_unlink(&up.base, up.name);
}

long sys_unlink(struct task *t, uaddr_t path)
{
	return sys_unlinkat(t, AT_FDCWD, path, 0);
}

long sys_rmdir(struct task *t, uaddr_t path)
{
	return sys_unlinkat(t, AT_FDCWD, path, AT_REMOVEDIR);
}

long sys_renameat2(struct task *t, int olddfd, uaddr_t oldname, int newdfd, uaddr_t newname,
		   int flags)
{
	cleanup_user_path struct user_path from;
	cleanup_user_path struct user_path to;
	int err;

	from.base = to.base = (struct namei_base){.cred = NULL};
	if (flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	err = user_path_get(t, olddfd, oldname, &from);
	if (!err)
		err = user_path_get(t, newdfd, newname, &to);
	return err ? err : vfs_rename(&from.base, from.name, &to.base, to.name, (unsigned)flags);
}

long sys_renameat(struct task *t, int olddfd, uaddr_t oldname, int newdfd, uaddr_t newname)
{
	return sys_renameat2(t, olddfd, oldname, newdfd, newname, 0);
}

long sys_rename(struct task *t, uaddr_t oldname, uaddr_t newname)
{
	return sys_renameat2(t, AT_FDCWD, oldname, AT_FDCWD, newname, 0);
}

long sys_readlinkat(struct task *t, int dirfd, uaddr_t path, uaddr_t ubuf, int bufsiz)
{
	cleanup_user_path struct user_path up;
	cleanup_path struct path p = PATH_NONE;
	char buf[NAMEI_PATH_MAX];
	ssize_t n;
	int err;

	up.base = (struct namei_base){.cred = NULL};
	if (bufsiz <= 0)
		return -EINVAL;
	err = user_path_get(t, dirfd, path, &up);
	if (!err)
		err = path_lookup(&up.base, up.name, LOOKUP_EMPTY, &p);
	if (err)
		return err;
	n = vfs_readlink(&p, t, buf, min((size_t)bufsiz, sizeof(buf)));
	/* The empty path is for descriptors of links only. */
	if (n == -EINVAL && !*up.name)
		return -ENOENT;
	if (n > 0 && copy_to_user(t, ubuf, buf, (size_t)n))
		return -EFAULT;
	return n;
}

long sys_readlink(struct task *t, uaddr_t path, uaddr_t buf, int bufsiz)
{
	return sys_readlinkat(t, AT_FDCWD, path, buf, bufsiz);
}
