/* getdents(2), getdents64(2), chdir(2), fchdir(2), getcwd(2), chroot(2) */
#include <fcntl.h>
#include <string.h>

#include "abi/stat.h"
#include "fs/dentry.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/fs_struct.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/uaccess.h"
#include "sys/user_path.h"

#define GETDENTS_MAX (32u * 1024)

/* Entries are collected in sentry memory: no guest copy under the directory's lock. */
struct getdents {
	struct dir_context ctx;
	u8 *buf;
	size_t size, used;
	bool old;     /* getdents(2): the type in the last byte */
	bool too_big; /* an entry found no room */
};

static bool emit_dirent(struct dir_context *ctx, const char *name, size_t len, u64 ino,
			unsigned type, off_t next)
{
	struct getdents *g = container_of(ctx, struct getdents, ctx);
	size_t head = g->old ? offsetof(struct linux_dirent, d_name)
			     : offsetof(struct linux_dirent64, d_name);
	size_t reclen = ALIGN_UP(head + len + 1 + g->old, 8);
	u8 *rec = g->buf + g->used;

	if (reclen > g->size - g->used) {
		g->too_big = true;
		return false;
	}
	if (g->old) {
		struct linux_dirent d = {ino, next, (u16)reclen};

		memcpy(rec, &d, head);
		rec[reclen - 1] = (u8)type;
	} else {
		struct linux_dirent64 d = {ino, next, (u16)reclen, (u8)type};

		memcpy(rec, &d, head);
	}
	memcpy(rec + head, name, len);
	/* The terminator and what fills up, but not the old form's type. */
	memset(rec + head + len, 0, reclen - head - len - g->old);
	g->used += reclen;
	return true;
}

static long do_getdents(struct task *t, int fd, uaddr_t dirent, u32 count, bool old)
{
	cleanup_fd struct fd_ref r = fd_borrow(t, fd);
	struct file *f = r.file;
	struct getdents g = {.ctx.emit = emit_dirent, .size = min(count, GETDENTS_MAX), .old = old};
	cleanup_free u8 *buf = NULL;
	int err;

	if (!f)
		return -EBADF;
	if (!file_is_dir(f))
		return -ENOTDIR;
	g.buf = buf = krealloc(NULL, g.size ? g.size : 1);
	if (!buf)
		return -ENOMEM;
	err = vfs_readdir(f, &g.ctx);
	/* Who had room for all there was finds nothing behind it. */
	file_moved(f, err || g.too_big || old ? UINT64_MAX : 0);
	if (g.used)
		return copy_to_user(t, dirent, buf, g.used) ? -EFAULT : (long)g.used;
	if (err)
		return err;
	return g.too_big ? -EINVAL : 0;
}

long sys_getdents64(struct task *t, int fd, uaddr_t dirent, u32 count)
{
	return do_getdents(t, fd, dirent, count, false);
}

long sys_getdents(struct task *t, int fd, uaddr_t dirent, u32 count)
{
	return do_getdents(t, fd, dirent, count, true);
}

static int may_enter(struct task *t, const struct path *p)
{
	return inode_permission(p->dentry->inode, MAY_EXEC, t->cred);
}

long sys_chdir(struct task *t, uaddr_t path)
{
	cleanup_path struct path p = PATH_NONE;
	int err = path_lookup_user(t, AT_FDCWD, path, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &p);

	if (!err)
		err = may_enter(t, &p);
	if (!err)
		fs_struct_set_cwd(t->fs, &p);
	return err;
}

long sys_fchdir(struct task *t, int fd)
{
	cleanup_file struct file *f = fd_get_path(t, fd);
	int err;

	if (!f)
		return -EBADF;
	if (!file_is_dir(f))
		return -ENOTDIR;
	err = may_enter(t, &f->path);
	if (!err)
		fs_struct_set_cwd(t->fs, &f->path);
	return err;
}

long sys_chroot(struct task *t, uaddr_t path)
{
	cleanup_path struct path p = PATH_NONE;
	int err = path_lookup_user(t, AT_FDCWD, path, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &p);

	if (!err)
		err = may_enter(t, &p);
	if (err)
		return err;
	if (!task_capable(t, CAP_SYS_CHROOT))
		return -EPERM;
	fs_struct_set_root(t->fs, &p);
	return 0;
}

long sys_getcwd(struct task *t, uaddr_t ubuf, unsigned long size)
{
	static const char unreachable[] = "(unreachable)";
	cleanup_path struct path root = PATH_NONE;
	cleanup_path struct path cwd = PATH_NONE;
	char buf[sizeof(unreachable) + NAMEI_PATH_MAX], *s;
	bool reached;
	size_t len;
	int err;

	fs_struct_paths(t->fs, &root, &cwd);
	if (d_is_deleted(&cwd))
		return -ENOENT;
	err = d_path(&cwd, &root, buf + sizeof(unreachable), NAMEI_PATH_MAX, &s, &reached);
	if (err)
		return err;
	if (!reached) {
		s -= strlen(unreachable);
		memcpy(s, unreachable, strlen(unreachable));
	}
	len = strlen(s) + 1;
	if (len > size)
		return -ERANGE;
	return copy_to_user(t, ubuf, s, len) ? -EFAULT : (long)len;
}
