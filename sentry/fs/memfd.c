/* Memory files (memfd.h): an instance of tmpfs that stands nowhere in the tree. */
#include "fs/memfd.h"

#include <fcntl.h>
#include <linux/memfd.h>
#include <stdio.h>

#include "fs/dentry.h"
#include "fs/file.h"
#include "fs/mount.h"
#include "fs/super.h"
#include "fs/tmpfs/tmpfs.h"

/* Linux 6.3, younger than the headers we may be built with. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008u
#define MFD_EXEC        0x0010u
#endif

#define MFD_EXECS (MFD_NOEXEC_SEAL | MFD_EXEC)
#define MFD_KNOWN (MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXECS)

static struct mount *memfd_mount; /* set once */

int memfd_init(void)
{
	struct tmpfs_options opts = {.mode = 0700, .super_flags = SUPER_NOUSER};
	struct super *super;
	int err = tmpfs_create(&opts, &super);

	if (err)
		return err;
	err = mount_create(super, NULL, "tmpfs", 0, &memfd_mount);
	super_put(super);
	return err;
}

int memfd_check_flags(u32 flags)
{
	return flags & ~(u32)MFD_KNOWN || (flags & MFD_EXECS) == MFD_EXECS ? -EINVAL : 0;
}

int memfd_create_file(const char *name, u32 flags, struct file **ret)
{
	struct open_args args = {.flags = O_RDWR};
	cleanup_inode struct inode *inode = NULL;
	cleanup_path struct path p = PATH_NONE;
	char shown[MEMFD_NAME_MAX + 32];
	int err = tmpfs_new_file(memfd_mount->super, flags & MFD_NOEXEC_SEAL ? 0666 : 0777, &inode);

	if (err)
		return err;
	if (flags & (MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL))
		tmpfs_allow_sealing(inode);
	if (flags & MFD_NOEXEC_SEAL)
		err = tmpfs_add_seals(inode, F_SEAL_EXEC);
	snprintf(shown, sizeof(shown), "/memfd:%s (deleted)", name);
	if (!err)
		err = dentry_create_pseudo(inode, shown, &p.dentry);
	if (!err)
		err = inode->ops->open(inode, &args, ret);
	if (err)
		return err;
	p.mnt = mount_get(memfd_mount);
	file_set_path(*ret, &p);
	return 0;
}
