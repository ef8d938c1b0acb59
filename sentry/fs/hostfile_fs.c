/*
 * Inodes of standard streams, so that fstat, /proc/self/fd/1 and /dev/stdout
 * work on them: a file system of its own, mounted nowhere.
 *
 * An inode has a descriptor of its own: opening it makes another file on the
 * same open file of the host, with the same offset and no more rights.
 *
 * Locks: none of its own.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/sysmacros.h>

#include "fs/dentry.h"
#include "fs/hostfile.h"
#include "fs/hostfile_internal.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/stat.h"
#include "fs/super.h"
#include "host/host.h"
#include "lib/alloc.h"

#define HOSTFS_MAGIC 0x62686673

struct host_inode {
	struct inode inode; /* base */
	hostfd_t fd;        /* owned; immutable */
};

static struct mount *hostfs_mnt; /* made before guests run */

static struct host_inode *to_host_inode(const struct inode *inode)
{
	return container_of(inode, struct host_inode, inode);
}

/* What the host says, in the place of what we know. */
static int hi_getattr(struct inode *inode, struct kstat *ret)
{
	struct stat st;
	int err = host_fstat(to_host_inode(inode)->fd, &st);

	if (err)
		return err;
	inode_fill_stat(inode, ret);
	ret->dev = st.st_dev;
	ret->ino = st.st_ino;
	ret->nlink = (u32)st.st_nlink;
	ret->size = (u64)st.st_size;
	ret->blocks = (u64)st.st_blocks;
	ret->blksize = (u32)st.st_blksize;
	ret->atime = st.st_atim;
	ret->mtime = st.st_mtim;
	ret->ctime = st.st_ctim;
	return 0;
}

/* The size is the host's to change; the rest is only seen here. */
static int hi_setattr(struct inode *inode, const struct iattr *attr) NO_TSA
{
	int err = 0;

	if (attr->valid & ATTR_SIZE)
		err = host_ftruncate(to_host_inode(inode)->fd, (off_t)attr->size);
	if (!err)
		inode_apply_attr_locked(inode, attr);
	return err;
}

/* The descriptor's rights are all there are, whoever asks. */
static int hi_permission(struct inode *inode, int mask, const struct cred *cred)
{
	int acc = host_fcntl(to_host_inode(inode)->fd, F_GETFL, 0) & O_ACCMODE;
	int may = acc == O_RDONLY ? MAY_READ : acc == O_WRONLY ? MAY_WRITE : MAY_READ | MAY_WRITE;

	(void)cred;
	return mask & ~may ? -EACCES : 0;
}

static int hi_open(struct inode *inode, const struct open_args *args, struct file **ret)
{
	hostfd_t fd;
	int err = host_dup(to_host_inode(inode)->fd, &fd);

	return err ? err : hostfile_open_take(fd, inode, args->flags, ret);
}

static void hi_release(struct inode *inode)
{
	struct host_inode *hi = to_host_inode(inode);

	inode_fini(inode);
	host_close(hi->fd);
	kfree(hi);
}

static const struct inode_ops host_inode_ops = {
	.open = hi_open,
	.getattr = hi_getattr,
	.setattr = hi_setattr,
	.permission = hi_permission,
	.release = hi_release,
};

static void hostfs_release(struct super *super)
{
	super_fini(super);
	kfree(super);
}

static const struct super_ops hostfs_ops = {.release = hostfs_release};

static int host_inode_create(struct super *super, hostfd_t fd, const struct stat *st,
			     struct inode **ret)
{
	struct host_inode *hi = kzalloc(sizeof(*hi));
	int err;

	if (!hi)
		return -ENOMEM;
	err = hostfd_valid(fd) ? host_dup(fd, &hi->fd) : 0;
	if (err) {
		kfree(hi);
		return err;
	}
	if (!hostfd_valid(fd))
		hi->fd = HOSTFD_NONE;
	inode_init(&hi->inode, super, &host_inode_ops, super_new_ino(super), st->st_mode);
	hi->inode.flags |= INODE_OPENS_SPECIAL | INODE_NOATIME;
	hi->inode.rdev = st->st_rdev;
	*ret = &hi->inode;
	return 0;
}

static int make_mount(void)
{
	struct super *super = kzalloc(sizeof(*super));
	struct stat root = {.st_mode = S_IFDIR | 0555};
	struct inode *inode = NULL;
	int err;

	if (!super)
		return -ENOMEM;
	err = super_init(super, &hostfs_ops, "hostfs", HOSTFS_MAGIC, SUPER_NOUSER);
	if (err) {
		kfree(super);
		return err;
	}
	err = host_inode_create(super, HOSTFD_NONE, &root, &inode);
	if (!err) {
		err = super_set_root(super, inode);
		inode_put(inode);
	}
	if (!err)
		err = mount_create(super, NULL, "hostfs", 0, &hostfs_mnt);
	super_put(super);
	return err;
}

static void name_of(const struct stat *st, u64 ino, char *ret, size_t size)
{
	if (S_ISFIFO(st->st_mode))
		snprintf(ret, size, "pipe:[%lu]", ino);
	else if (S_ISSOCK(st->st_mode))
		snprintf(ret, size, "socket:[%lu]", ino);
	else if (S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3))
		snprintf(ret, size, "/dev/null");
	else
		snprintf(ret, size, "/host:[%lu]", ino);
}

int hostfile_make_path(hostfd_t fd, const struct stat *st, struct path *ret)
{
	cleanup_inode struct inode *inode = NULL;
	char name[40];
	int err = hostfs_mnt ? 0 : make_mount();

	if (!err)
		err = host_inode_create(hostfs_mnt->super, fd, st, &inode);
	if (err)
		return err;
	name_of(st, inode->ino, name, sizeof(name));
	err = dentry_create_pseudo(inode, name, &ret->dentry);
	if (!err)
		ret->mnt = mount_get(hostfs_mnt);
	return err;
}
