/*
 * The gofer's host calls (sys.h)
 */
#include "gofer/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PTR(p)     ((long)(uintptr_t)(p))

#define STATX_WANT (STATX_BASIC_STATS | STATX_BTIME)

/* "N" of a descriptor, with room for any. */
struct fd_name {
	char s[12];
};

long fault_gsys_at;
int fault_gsys_error = EIO;
bool gsys_no_openat2;

static long gcall(long nr, long a0, long a1, long a2, long a3, long a4)
{
	long ret;

	if (unlikely(fault_gsys_at > 0) && --fault_gsys_at == 0)
		return -fault_gsys_error;
	do {
		ret = syscall(nr, a0, a1, a2, a3, a4);
	} while (ret == -1 && errno == EINTR);
	return ret == -1 ? -errno : ret;
}

static struct fd_name fd_name(int fd)
{
	struct fd_name ret;

	snprintf(ret.s, sizeof(ret.s), "%d", fd);
	return ret;
}

int gofer_sys_init(void)
{
	return (int)gcall(SYS_chdir, PTR("/proc/self/fd"), 0, 0, 0, 0);
}

/*
 * @name is one component, so the old openat(2) is as safe; hosts and outer
 * filters without openat2 get that.
 */
static int open_below(int dir, const char *name, int flags, u32 mode)
{
	struct open_how how = {
		.flags = (u64)(flags | O_NOFOLLOW | O_CLOEXEC),
		.mode = mode,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	if (!gsys_no_openat2) {
		fd = gcall(SYS_openat2, dir, PTR(name), PTR(&how), sizeof(how), 0);
		if (fd != -ENOSYS && fd != -EPERM)
			return (int)fd;
	}
	fd = gcall(SYS_openat, dir, PTR(name), flags | O_NOFOLLOW | O_CLOEXEC, mode, 0);
	/* EPERM may be the file's own answer: openat2 is given up only if openat disagrees. */
	if (fd >= 0)
		gsys_no_openat2 = true;
	return (int)fd;
}

int gsys_step(int dir, const char *name)
{
	return open_below(dir, name, O_PATH, 0);
}

int gsys_walk(int dir, const char *path, int flags)
{
	struct open_how how = {
		.flags = (u64)(flags | O_NOFOLLOW | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS |
			   RESOLVE_NO_XDEV,
	};

	return gsys_no_openat2 ? -ENOSYS
			       : (int)gcall(SYS_openat2, dir, PTR(path), PTR(&how), sizeof(how), 0);
}

int gsys_create(int dir, const char *name, int flags, u32 mode)
{
	return open_below(dir, name, flags | O_CREAT | O_EXCL | O_NOCTTY, mode);
}

int gsys_tmpfile(int dir, int flags, u32 mode)
{
	return (int)gcall(SYS_openat, dir, PTR("."), flags | O_TMPFILE | O_CLOEXEC, mode, 0);
}

int gsys_reopen(int fd, int flags)
{
	struct fd_name n = fd_name(fd);

	return (int)gcall(SYS_openat, AT_FDCWD, PTR(n.s), flags | O_CLOEXEC | O_NOCTTY, 0, 0);
}

int gsys_open_dir(int fd)
{
	return (int)gcall(SYS_openat, fd, PTR("."), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
			  0, 0);
}

void gsys_close(int fd)
{
	if (fd >= 0)
		syscall(SYS_close, fd);
}

int gsys_statx(int fd, struct statx *ret)
{
	return (int)gcall(SYS_statx, fd, PTR(""), AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, STATX_WANT,
			  PTR(ret));
}

int gsys_statx_at(int dir, const char *name, struct statx *ret)
{
	return (int)gcall(SYS_statx, dir, PTR(name), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT,
			  STATX_WANT, PTR(ret));
}

int gsys_fstatfs(int fd, struct statfs *ret)
{
	return (int)gcall(SYS_fstatfs, fd, PTR(ret), 0, 0, 0);
}

int gsys_get_seals(int fd)
{
	return (int)gcall(SYS_fcntl, fd, F_GET_SEALS, 0, 0, 0);
}

ssize_t gsys_getdents(int fd, void *buf, size_t size)
{
	return gcall(SYS_getdents64, fd, PTR(buf), (long)size, 0, 0);
}

s64 gsys_lseek(int fd, s64 off)
{
	return gcall(SYS_lseek, fd, off, SEEK_SET, 0, 0);
}

ssize_t gsys_readlink(int fd, char *buf, size_t size)
{
	return gcall(SYS_readlinkat, fd, PTR(""), PTR(buf), (long)size, 0);
}

int gsys_mkdir(int dir, const char *name, u32 mode)
{
	return (int)gcall(SYS_mkdirat, dir, PTR(name), mode, 0, 0);
}

int gsys_mknod(int dir, const char *name, u32 mode)
{
	return (int)gcall(SYS_mknodat, dir, PTR(name), mode, 0, 0);
}

int gsys_symlink(const char *target, int dir, const char *name)
{
	return (int)gcall(SYS_symlinkat, PTR(target), dir, PTR(name), 0, 0);
}

int gsys_link(int fd, int dir, const char *name)
{
	struct fd_name n = fd_name(fd);

	return (int)gcall(SYS_linkat, AT_FDCWD, PTR(n.s), dir, PTR(name), AT_SYMLINK_FOLLOW);
}

int gsys_unlink(int dir, const char *name, bool is_dir)
{
	return (int)gcall(SYS_unlinkat, dir, PTR(name), is_dir ? AT_REMOVEDIR : 0, 0, 0);
}

int gsys_rename(int olddir, const char *oldname, int newdir, const char *newname, unsigned flags)
{
	return (int)gcall(SYS_renameat2, olddir, PTR(oldname), newdir, PTR(newname), flags);
}

int gsys_chmod(int fd, u32 mode)
{
	struct fd_name n = fd_name(fd);

	return (int)gcall(SYS_fchmodat, AT_FDCWD, PTR(n.s), mode, 0, 0);
}

int gsys_chown(int fd, u32 uid, u32 gid)
{
	return (int)gcall(SYS_fchownat, fd, PTR(""), uid, gid, AT_EMPTY_PATH);
}

int gsys_truncate(int fd, u64 size)
{
	struct fd_name n = fd_name(fd);

	return (int)gcall(SYS_truncate, PTR(n.s), (long)size, 0, 0, 0);
}

int gsys_utimens(int fd, const struct timespec times[2])
{
	struct fd_name n = fd_name(fd);

	return (int)gcall(SYS_utimensat, AT_FDCWD, PTR(n.s), PTR(times), 0, 0);
}

ssize_t gsys_getxattr(int fd, const char *name, void *buf, size_t size)
{
	struct fd_name n = fd_name(fd);

	return gcall(SYS_getxattr, PTR(n.s), PTR(name), PTR(buf), (long)size, 0);
}

ssize_t gsys_listxattr(int fd, char *buf, size_t size)
{
	struct fd_name n = fd_name(fd);

	return gcall(SYS_listxattr, PTR(n.s), PTR(buf), (long)size, 0, 0);
}

int gsys_has_xattrs(int fd)
{
	long n = gcall(SYS_flistxattr, fd, 0, 0, 0, 0);

	return n < 0 ? (int)n : n > 0;
}

int gsys_has_xattrs_at(int dir, const char *name)
{
	char path[sizeof(struct fd_name) + NAME_MAX + 2];
	long n;

	snprintf(path, sizeof(path), "%d/%s", dir, name);
	n = gcall(SYS_llistxattr, PTR(path), 0, 0, 0, 0);
	return n < 0 ? (int)n : n > 0;
}

int gsys_setxattr(int fd, const char *name, const void *value, size_t size, int flags)
{
	struct fd_name n = fd_name(fd);

	return (int)gcall(SYS_setxattr, PTR(n.s), PTR(name), PTR(value), (long)size, flags);
}

int gsys_removexattr(int fd, const char *name)
{
	struct fd_name n = fd_name(fd);

	return (int)gcall(SYS_removexattr, PTR(n.s), PTR(name), 0, 0, 0);
}

int gsys_fsync(int fd, bool data_only)
{
	return (int)gcall(data_only ? SYS_fdatasync : SYS_fsync, fd, 0, 0, 0, 0);
}

int gsys_setaffinity(const cpu_set_t *set)
{
	return (int)gcall(SYS_sched_setaffinity, 0, sizeof(*set), PTR(set), 0, 0);
}

ssize_t gsys_recvmsg(int fd, struct msghdr *msg)
{
	return gcall(SYS_recvmsg, fd, PTR(msg), MSG_CMSG_CLOEXEC, 0, 0);
}

ssize_t gsys_sendmsg(int fd, const struct msghdr *msg)
{
	return gcall(SYS_sendmsg, fd, PTR(msg), MSG_NOSIGNAL, 0, 0);
}
