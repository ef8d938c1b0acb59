/*
 * mount(2) and umount2(2) for guests that may (mount.h).
 *
 * What the sandbox itself mounted is MNT_LOCKED and MNT_LOCK_FLAGS: a guest can
 * stack mounts on it, and bind parts of it elsewhere with no more rights.
 */
#include <string.h>
#include <sys/mount.h>

#include "fs/dentry.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/still.h"
#include "fs/super.h"
#include "kernel/cred.h"

#define MNT_NARROWING  (MNT_RDONLY | MNT_NOSUID | MNT_NODEV | MNT_NOEXEC)
#define MS_PROPAGATION (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)

static u32 mnt_flags_of(unsigned long ms)
{
	u32 flags = 0;

	if (!(ms & (MS_NOATIME | MS_STRICTATIME)))
		flags |= MNT_RELATIME;
	flags |= ms & MS_RDONLY ? MNT_RDONLY : 0;
	flags |= ms & MS_NOSUID ? MNT_NOSUID : 0;
	flags |= ms & MS_NODEV ? MNT_NODEV : 0;
	flags |= ms & MS_NOEXEC ? MNT_NOEXEC : 0;
	flags |= ms & MS_NOATIME ? MNT_NOATIME : 0;
	flags |= ms & MS_NODIRATIME ? MNT_NODIRATIME : 0;
	flags |= ms & MS_NOSYMFOLLOW ? MNT_NOSYMFOLLOW : 0;
	return flags;
}

static int do_new_mount(const struct cred *cred, const char *source, const struct path *at,
			const char *type, unsigned long flags, const char *data)
{
	cleanup_mount struct mount *mnt = NULL;
	const struct fs_type *fs = type ? fs_type_find(type) : NULL;
	struct super *super;
	int err;

	if (!type)
		return -EINVAL;
	if (!fs)
		return -ENODEV;
	err = fs->mount(source, data, flags & MS_RDONLY ? SUPER_RDONLY : 0, cred, &super);
	if (err)
		return err;
	err = mount_create(super, NULL, source ? source : "none", mnt_flags_of(flags), &mnt);
	super_put(super);
	return err ? err : mount_attach(mnt, at);
}

static int do_bind(const struct path *from, const struct path *at, unsigned long flags)
{
	cleanup_mount struct mount *mnt = NULL;
	int err = mount_bind(from, flags & MS_REC, &mnt);

	return err ? err : mount_attach(mnt, at);
}

static int do_remount(const struct path *at, unsigned long flags, const char *data)
{
	struct mount *mnt = at->mnt;
	u32 want = mnt_flags_of(flags), old = mount_flags(mnt);
	struct super *super = mnt->super;
	int err = 0;

	if (at->dentry != mnt->root)
		return -EINVAL;
	if (old & MNT_LOCK_FLAGS && old & MNT_NARROWING & ~want)
		return -EPERM;
	if (!(flags & MS_BIND) && super->ops->remount)
		err = super->ops->remount(super, flags & MS_RDONLY ? SUPER_RDONLY : 0, data);
	if (err)
		return err;
	__atomic_store_n(&mnt->flags, want | (old & (MNT_LOCKED | MNT_LOCK_FLAGS)),
			 __ATOMIC_RELAXED);
	/* Reads move atimes by other rules. */
	still_broken();
	return 0;
}

static int do_move(const struct path *from, const struct path *at)
{
	return from->dentry == from->mnt->root ? mount_move(from->mnt, at) : -EINVAL;
}

int vfs_mount(const struct cred *cred, const char *source, const struct path *source_path,
	      const struct path *at, const char *type, unsigned long flags, const char *data)
{
	if (!cred_capable(cred, CAP_SYS_ADMIN))
		return -EPERM;
	if (flags & MS_REMOUNT)
		return do_remount(at, flags, data);
	if (flags & MS_BIND)
		return source_path ? do_bind(source_path, at, flags) : -EINVAL;
	/* One namespace, nothing propagates: each of these is the state it is in. */
	if (flags & MS_PROPAGATION)
		return at->dentry == at->mnt->root ? 0 : -EINVAL;
	if (flags & MS_MOVE)
		return source_path ? do_move(source_path, at) : -EINVAL;
	return do_new_mount(cred, source, at, type, flags, data);
}

int vfs_umount(const struct cred *cred, const struct path *at, int flags)
{
	if (flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW))
		return -EINVAL;
	if (!cred_capable(cred, CAP_SYS_ADMIN))
		return -EPERM;
	if (at->dentry != at->mnt->root || flags & MNT_EXPIRE)
		return -EINVAL;
	return mount_detach(at->mnt, flags);
}
