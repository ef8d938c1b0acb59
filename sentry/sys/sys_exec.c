/* execve(2), execveat(2) */
#include <fcntl.h>
#include <string.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/namei.h"
#include "fs/open.h"
#include "gen/sys_proto.h"
#include "kernel/exec.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/uaccess.h"

/* What a script's interpreter opens when the program was named by a descriptor. */
static char *fd_name(int dirfd, const char *path)
{
	if (dirfd == AT_FDCWD || path[0] == '/')
		return kstrdup(path);
	if (!path[0])
		return kasprintf("/dev/fd/%d", dirfd);
	return kasprintf("/dev/fd/%d/%s", dirfd, path);
}

static int open_program(struct task *t, struct exec *x, int dirfd, const char *path, int flags)
{
	unsigned lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	cleanup_namei_base struct namei_base base = {0};
	cleanup_file struct file *f = NULL;
	int err;

	if (flags & AT_EMPTY_PATH && !path[0]) {
		if (dirfd != AT_FDCWD) {
			f = fd_get_path(t, dirfd);
			if (!f)
				return -EBADF;
			return vfs_open_exec_path(&f->path, t->cred, t, &x->file);
		}
		lookup |= LOOKUP_EMPTY;
	}
	err = namei_base_task(t, dirfd, path, &base);
	if (err)
		return err;
	return vfs_open_exec(&base, path, lookup, &x->file);
}

static int exec_user(struct task *t, struct exec *x, uaddr_t upath, uaddr_t argv, uaddr_t envp,
		     int dirfd, int flags)
{
	cleanup_free char *path = NULL, *name = NULL;
	int err;

	err = strndup_from_user(t, upath, NAMEI_PATH_MAX, &path);
	if (err)
		return err;
	if (!path[0] && !(flags & AT_EMPTY_PATH))
		return -ENOENT;
	name = fd_name(dirfd, path);
	if (!name)
		return -ENOMEM;
	err = open_program(t, x, dirfd, path, flags);
	if (err)
		return err;
	x->not_readable = inode_permission(x->file->inode, MAY_READ, t->cred) != 0;
	x->path_gone =
		dirfd != AT_FDCWD && path[0] != '/' && fdtable_get_cloexec(t->files, dirfd) == 1;
	err = exec_set_names(x, name);
	if (!err)
		err = exec_strings_user(x, t, argv, envp);
	return err ? err : do_exec(t, x);
}

long sys_execveat(struct task *t, int dirfd, uaddr_t path, uaddr_t argv, uaddr_t envp, int flags)
{
	cleanup_exec struct exec x = {0};

	if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
		return -EINVAL;
	exec_init(&x, t);
	return exec_user(t, &x, path, argv, envp, dirfd, flags);
}

long sys_execve(struct task *t, uaddr_t path, uaddr_t argv, uaddr_t envp)
{
	return sys_execveat(t, AT_FDCWD, path, argv, envp, 0);
}
