/* open(2), openat(2), openat2(2), creat(2) */
#include <fcntl.h>
#include <linux/openat2.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/open.h"
#include "gen/sys_proto.h"
#include "kernel/facts.h"
#include "mm/uaccess.h"
#include "sys/user_path.h"

/* What F_GETFL shows of every file opened by a 64-bit program; glibc's is 0. */
#define LINUX_O_LARGEFILE 0100000

#define OPEN_FLAGS                                                                                 \
	(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK | O_SYNC |      \
	 O_DSYNC | O_ASYNC | O_DIRECT | LINUX_O_LARGEFILE | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | \
	 O_CLOEXEC | O_PATH | O_TMPFILE)
#define OPATH_FLAGS (O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC)
#define RESOLVE_FLAGS                                                                      \
	(RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH | \
	 RESOLVE_IN_ROOT | RESOLVE_CACHED)

static int open_fd(struct task *t, int dirfd, uaddr_t path, int flags, u32 mode, u64 resolve)
{
	cleanup_user_path struct user_path up;
	cleanup_file struct file *f = NULL;
	int err = user_path_get(t, dirfd, path, &up), fd;

	if (err)
		return err;
	fd = fd_reserve(t, flags & O_CLOEXEC);
	if (fd < 0)
		return fd;
	up.base.resolve = resolve;
	err = vfs_open(&up.base, up.name, flags, mode, &f);
	if (err) {
		fd_cancel(t, fd);
		return err;
	}
	fd_commit(t, fd, f);
	return fd;
}

static long do_open(struct task *t, int dirfd, uaddr_t path, int flags, u32 mode, u64 resolve)
{
	int fd = open_fd(t, dirfd, path, flags, mode, resolve);

	if (fd >= 0)
		task_tell_file(t, fd);
	return fd;
}

long sys_openat(struct task *t, int dirfd, uaddr_t path, int flags, mode_t mode)
{
	flags = (flags & OPEN_FLAGS) | (flags & O_PATH ? 0 : LINUX_O_LARGEFILE);
	return do_open(t, dirfd, path, flags, mode & 07777, 0);
}

long sys_open(struct task *t, uaddr_t path, int flags, mode_t mode)
{
	return sys_openat(t, AT_FDCWD, path, flags, mode);
}

long sys_creat(struct task *t, uaddr_t path, mode_t mode)
{
	return sys_openat(t, AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* openat2() refuses what openat() ignores. */
static int check_how(const struct open_how *how)
{
	bool makes = how->flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY));

	if (how->flags & ~(u64)OPEN_FLAGS || how->resolve & ~(u64)RESOLVE_FLAGS)
		return -EINVAL;
	if (how->resolve & RESOLVE_BENEATH && how->resolve & RESOLVE_IN_ROOT)
		return -EINVAL;
	if (makes ? how->mode & ~07777ull : how->mode != 0)
		return -EINVAL;
	if (how->flags & O_PATH && how->flags & ~(u64)OPATH_FLAGS)
		return -EINVAL;
	/* What is cached is not known beforehand: the caller asks again without. */
	return how->resolve & RESOLVE_CACHED ? -EAGAIN : 0;
}

long sys_openat2(struct task *t, int dirfd, uaddr_t path, uaddr_t uhow, size_t usize)
{
	struct open_how how;
	int err;

	if (usize < sizeof(how))
		return -EINVAL;
	if (usize > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(t, &how, sizeof(how), uhow, usize);
	if (!err)
		err = check_how(&how);
	if (err)
		return err;
	if (!(how.flags & O_PATH))
		how.flags |= LINUX_O_LARGEFILE;
	return do_open(t, dirfd, path, (int)how.flags, (u32)how.mode, how.resolve);
}
