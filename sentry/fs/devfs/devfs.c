/*
 * /dev: a tmpfs with the usual names in it (devfs.h).
 *
 * Locks: the directory's, while a name is made.
 */
#include "fs/devfs/devfs.h"

#include <sys/sysmacros.h>

#include "fs/dentry.h"
#include "fs/devfs/internal.h"
#include "fs/inode.h"
#include "fs/super.h"
#include "fs/tmpfs/tmpfs.h"

#define DEV_BYTES (64ul << 10)
#define DEV_NAMES 4096

/* One name to make. */
struct dev_node {
	const char *name;
	u32 mode;
	u8 major_nr, minor_nr;
	const char *target;
};

static const struct dev_node nodes[] = {
	{"null", S_IFCHR | 0666, 1, 3, NULL},
	{"zero", S_IFCHR | 0666, 1, 5, NULL},
	{"full", S_IFCHR | 0666, 1, 7, NULL},
	{"random", S_IFCHR | 0666, 1, 8, NULL},
	{"urandom", S_IFCHR | 0666, 1, 9, NULL},
	{"tty", S_IFCHR | 0666, 5, 0, NULL},
	{"console", S_IFCHR | 0620, 5, 1, NULL},
	{"ptmx", S_IFCHR | 0666, 5, 2, NULL},
	{"fd", S_IFLNK | 0777, 0, 0, "/proc/self/fd"},
	{"stdin", S_IFLNK | 0777, 0, 0, "/proc/self/fd/0"},
	{"stdout", S_IFLNK | 0777, 0, 0, "/proc/self/fd/1"},
	{"stderr", S_IFLNK | 0777, 0, 0, "/proc/self/fd/2"},
	{"pts", S_IFDIR | 0755, 0, 0, NULL},
	{"shm", S_IFDIR | 01777, 0, 0, NULL},
	{"mqueue", S_IFDIR | 01777, 0, 0, NULL},
};

static int make_node(struct inode *dir, const struct dev_node *n)
{
	struct inode_new what = {
		.mode = n->mode, .rdev = makedev(n->major_nr, n->minor_nr), .target = n->target};
	struct qname name = qname_make(n->name, strlen(n->name));
	struct inode *inode;
	int err;

	mutex_lock(&dir->dir_mu);
	err = dir->ops->create(dir, &name, &what, &inode);
	mutex_unlock(&dir->dir_mu);
	if (!err)
		inode_put(inode);
	return err;
}

static int create(u32 super_flags, struct super **ret)
{
	struct tmpfs_options opts = {
		.max_bytes = DEV_BYTES,
		.max_inodes = DEV_NAMES,
		.mode = 0755,
		.super_flags = super_flags,
	};
	struct super *super;
	int err = tmpfs_create(&opts, &super);

	if (err)
		return err;
	for (size_t i = 0; i < ARRAY_SIZE(nodes) && !err; i++)
		err = make_node(super->root->inode, &nodes[i]);
	if (err) {
		super_shutdown(super);
		super_put(super);
		return err;
	}
	*ret = super;
	return 0;
}

int devfs_create(struct super **ret)
{
	return create(0, ret);
}

static int devfs_mount(const char *source, const char *data, u32 super_flags,
		       const struct cred *cred, struct super **ret)
{
	(void)source, (void)data, (void)cred;
	return create(super_flags, ret);
}

void devfs_init(void)
{
	static struct fs_type type = {.name = "devtmpfs", .nodev = true, .mount = devfs_mount};

	devfs_register_mem();
	fs_type_register(&type);
}
