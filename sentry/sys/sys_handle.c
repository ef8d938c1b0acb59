/* name_to_handle_at(2), open_by_handle_at(2): no file system here gives handles out */
#include <fcntl.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "mm/uaccess.h"
#include "sys/user_path.h"

#define HANDLE_BYTES_MAX 128 /* MAX_HANDLE_SZ */

/* Both begin with the size of the handle, then its type. */
static int check_size(struct task *t, uaddr_t uhandle, bool zero_too)
{
	u32 bytes;

	if (get_user(t, &bytes, uhandle))
		return -EFAULT;
	return bytes > HANDLE_BYTES_MAX || (!bytes && !zero_too) ? -EINVAL : 0;
}

long sys_name_to_handle_at(struct task *t, int dirfd, uaddr_t name, uaddr_t handle, uaddr_t mnt_id,
			   int flag)
{
	cleanup_path struct path p = PATH_NONE;
	int err;

	(void)mnt_id;
	if (flag & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	err = user_path_lookup(
		t, dirfd, name,
		(flag & AT_EMPTY_PATH) | (flag & AT_SYMLINK_FOLLOW ? 0 : AT_SYMLINK_NOFOLLOW), &p);
	if (!err)
		err = check_size(t, handle, true);
	return err ? err : -EOPNOTSUPP;
}

/* Nobody was given a handle, so whatever this is names no file. */
long sys_open_by_handle_at(struct task *t, int mountdirfd, uaddr_t handle, int flags)
{
	cleanup_file struct file *f = NULL;
	int err;

	(void)flags;
	if (!task_capable(t, CAP_DAC_READ_SEARCH))
		return -EPERM;
	err = check_size(t, handle, false);
	if (err)
		return err;
	f = mountdirfd == AT_FDCWD ? NULL : fd_get_path(t, mountdirfd);
	return f || mountdirfd == AT_FDCWD ? -ESTALE : -EBADF;
}
