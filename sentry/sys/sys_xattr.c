/* getxattr(2), setxattr(2), listxattr(2), removexattr(2) and their l-, f- and at-kin */
#include <fcntl.h>
#include <linux/limits.h>

#include "fs/attr.h"
#include "fs/fdtable.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/uaccess.h"
#include "sys/user_path.h"

static int copy_name(struct task *t, uaddr_t uname, char name[XATTR_NAME_MAX + 1])
{
	ssize_t n = strncpy_from_user(t, name, uname, XATTR_NAME_MAX + 1);

	if (n == -ENAMETOOLONG || n == 0)
		return -ERANGE;
	return n < 0 ? (int)n : 0;
}

/* Where a call works: a path, through a link at its end or not, or a descriptor. */
static int by_path(struct task *t, uaddr_t upath, unsigned lookup, struct path *ret)
{
	return path_lookup_user(t, AT_FDCWD, upath, lookup, ret);
}

static int by_fd(struct task *t, int fd, struct path *ret)
{
	cleanup_file struct file *f = fd_get(t, fd);

	if (!f)
		return -EBADF;
	if (!path_valid(&f->path))
		return -EOPNOTSUPP;
	*ret = path_get(&f->path);
	return 0;
}

/* The at-calls: as openat(2), and the empty path names the descriptor itself. */
static int by_at(struct task *t, int dirfd, uaddr_t upath, int flags, struct path *ret)
{
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (!upath && flags & AT_EMPTY_PATH)
		return by_fd(t, dirfd, ret);
	return user_path_lookup(t, dirfd, upath, flags, ret);
}

static long do_set(struct task *t, const struct path *p, uaddr_t uname, uaddr_t uvalue, size_t size,
		   int flags)
{
	cleanup_free void *value = NULL;
	char name[XATTR_NAME_MAX + 1];
	int err = copy_name(t, uname, name);

	if (err)
		return err;
	if (size > XATTR_SIZE_MAX)
		return -E2BIG;
	value = kzalloc(size ? size : 1);
	if (!value)
		return -ENOMEM;
	if (size && copy_from_user(t, value, uvalue, size))
		return -EFAULT;
	return vfs_setxattr(p, name, value, size, flags, t->cred);
}

static long do_get(struct task *t, const struct path *p, uaddr_t uname, uaddr_t uvalue, size_t size)
{
	cleanup_free void *value = NULL;
	char name[XATTR_NAME_MAX + 1];
	ssize_t n;
	int err = copy_name(t, uname, name);

	if (err)
		return err;
	size = min(size, (size_t)XATTR_SIZE_MAX);
	value = kzalloc(size ? size : 1);
	if (!value)
		return -ENOMEM;
	n = vfs_getxattr(p, name, value, size, t->cred);
	if (n > 0 && size && copy_to_user(t, uvalue, value, (size_t)n))
		return -EFAULT;
	return n;
}

static long do_list(struct task *t, const struct path *p, uaddr_t ulist, size_t size)
{
	cleanup_free char *list = NULL;
	ssize_t n;

	size = min(size, (size_t)XATTR_LIST_MAX);
	list = kzalloc(size ? size : 1);
	if (!list)
		return -ENOMEM;
	n = vfs_listxattr(p, list, size, t->cred);
	if (n > 0 && size && copy_to_user(t, ulist, list, (size_t)n))
		return -EFAULT;
	return n;
}

static long do_remove(struct task *t, const struct path *p, uaddr_t uname)
{
	char name[XATTR_NAME_MAX + 1];
	int err = copy_name(t, uname, name);

	return err ? err : vfs_removexattr(p, name, t->cred);
}

long sys_setxattr(struct task *t, uaddr_t path, uaddr_t name, uaddr_t value, size_t size, int flags)
{
	cleanup_path struct path p = PATH_NONE;
	int err = by_path(t, path, LOOKUP_FOLLOW, &p);

	return err ? err : do_set(t, &p, name, value, size, flags);
}

long sys_lsetxattr(struct task *t, uaddr_t path, uaddr_t name, uaddr_t value, size_t size,
		   int flags)
{
	cleanup_path struct path p = PATH_NONE;
	int err = by_path(t, path, 0, &p);

	return err ? err : do_set(t, &p, name, value, size, flags);
}

long sys_fsetxattr(struct task *t, int fd, uaddr_t name, uaddr_t value, size_t size, int flags)
{
	cleanup_path struct path p = PATH_NONE;
	int err = by_fd(t, fd, &p);

	return err ? err : do_set(t, &p, name, value, size, flags);
}

long sys_getxattr(struct task *t, uaddr_t path, uaddr_t name, uaddr_t value, size_t size)
{
	cleanup_path struct path p = PATH_NONE;
	int err = by_path(t, path, LOOKUP_FOLLOW, &p);

	return err ? err : do_get(t, &p, name, value, size);
}

long sys_lgetxattr(struct task *t, uaddr_t path, uaddr_t name, uaddr_t value, size_t size)
{
	cleanup_path struct path p = PATH_NONE;
	int err = by_path(t, path, 0, &p);

	return err ? err : do_get(t, &p, name, value, size);
}

long sys_fgetxattr(struct task *t, int fd, uaddr_t name, uaddr_t value, size_t size)
{
	cleanup_path struct path p = PATH_NONE;
	int err = by_fd(t, fd, &p);

	return err ? err : do_get(t, &p, name, value, size);
}

long sys_listxattr(struct task *t, uaddr_t path, uaddr_t list, size_t size)
{
	cleanup_path struct path p = PATH_NONE;
	int err = by_path(t, path, LOOKUP_FOLLOW, &p);

	return err ? err : do_list(t, &p, list, size);
}

long sys_llistxattr(struct task *t, uaddr_t path, uaddr_t list, size_t size)
{
	cleanup_path struct path p = PATH_NONE;
	int err = by_path(t, path, 0, &p);

	return err ? err : do_list(t, &p, list, size);
}

long sys_flistxattr(struct task *t, int fd, uaddr_t list, size_t size)
{
	cleanup_path struct path p = PATH_NONE;
	int err = by_fd(t, fd, &p);

	return err ? err : do_list(t, &p, list, size);
}

long sys_removexattr(struct task *t, uaddr_t path, uaddr_t name)
{
	cleanup_path struct path p = PATH_NONE;
	int err = by_path(t, path, LOOKUP_FOLLOW, &p);

	return err ? err : do_remove(t, &p, name);
}

long sys_lremovexattr(struct task *t, uaddr_t path, uaddr_t name)
{
	cleanup_path struct path p = PATH_NONE;
	int err = by_path(t, path, 0, &p);

	return err ? err : do_remove(t, &p, name);
}

long sys_fremovexattr(struct task *t, int fd, uaddr_t name)
{
	cleanup_path struct path p = PATH_NONE;
	int err = by_fd(t, fd, &p);

	return err ? err : do_remove(t, &p, name);
}

/* struct xattr_args of Linux 6.13 */
struct xattr_at_args {
	u64 value;
	u32 size, flags;
};

static int copy_args(struct task *t, uaddr_t uargs, size_t usize, struct xattr_at_args *ret)
{
	if (usize < sizeof(*ret))
		return -EINVAL;
	if (usize > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_from_user(t, ret, sizeof(*ret), uargs, usize);
}

long sys_setxattrat(struct task *t, int dirfd, uaddr_t path, int at_flags, uaddr_t name,
		    uaddr_t uargs, size_t usize)
{
	cleanup_path struct path p = PATH_NONE;
	struct xattr_at_args args;
	int err = copy_args(t, uargs, usize, &args);

	if (!err)
		err = by_at(t, dirfd, path, at_flags, &p);
	return err ? err : do_set(t, &p, name, args.value, args.size, (int)args.flags);
}

long sys_getxattrat(struct task *t, int dirfd, uaddr_t path, int at_flags, uaddr_t name,
		    uaddr_t uargs, size_t usize)
{
	cleanup_path struct path p = PATH_NONE;
	struct xattr_at_args args;
	int err = copy_args(t, uargs, usize, &args);

	if (!err && args.flags)
		err = -EINVAL;
	if (!err)
		err = by_at(t, dirfd, path, at_flags, &p);
	return err ? err : do_get(t, &p, name, args.value, args.size);
}

long sys_listxattrat(struct task *t, int dirfd, uaddr_t path, int at_flags, uaddr_t list,
		     size_t size)
{
	cleanup_path struct path p = PATH_NONE;
	int err = by_at(t, dirfd, path, at_flags, &p);

	return err ? err : do_list(t, &p, list, size);
}

long sys_removexattrat(struct task *t, int dirfd, uaddr_t path, int at_flags, uaddr_t name)
{
	cleanup_path struct path p = PATH_NONE;
	int err = by_at(t, dirfd, path, at_flags, &p);

	return err ? err : do_remove(t, &p, name);
}
