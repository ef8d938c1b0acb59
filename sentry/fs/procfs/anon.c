/*
 * What /proc/PID/fd/N leads to for a file without a place (eventfd, epoll...):
 * one inode that all of them share, as Linux's anon_inodefs.  It can be looked
 * at, and not opened.
 *
 * Locks: none.
 */
#include <limits.h>

#include "fs/dentry.h"
#include "fs/mount.h"
#include "fs/procfs/internal.h"
#include "fs/super.h"

#define ANON_INODE_FS_MAGIC 0x09041934

static struct mount *anon_mnt; /* made at start-up; counted for ever */

static const struct pseudo_entry anon_inode = {.name = "anon", .mode = 0600};
static const struct pseudo_entry no_entries[] = {{0}};
static const struct pseudo_entry anon_root = PSEUDO_DIR("anon", no_entries);

static struct inode *the_inode; /* the same */

int proc_anon_init(void)
{
	struct super *super;
	int err = pseudo_super_create(&anon_root, "anon_inodefs", ANON_INODE_FS_MAGIC, SUPER_NOUSER,
				      &super);

	if (err)
		return err;
	err = pseudo_inode_create(super, &anon_inode, NULL, false, -1, &the_inode);
	if (!err)
		err = mount_create(super, NULL, "anon_inodefs", 0, &anon_mnt);
	super_put(super);
	return err;
}

int proc_anon_path(const struct file *f, struct path *ret)
{
	char buf[NAME_MAX];
	char *name;
	int err = file_path(f, NULL, buf, sizeof(buf), &name);

	if (!err)
		err = dentry_create_pseudo(the_inode, name, &ret->dentry);
	if (!err)
		ret->mnt = mount_get(anon_mnt);
	return err;
}
