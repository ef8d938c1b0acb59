/* Path walks of system calls: where a task's strings start (namei.h). */
#include <fcntl.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/fs_struct.h"
#include "fs/namei.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

/* Where a relative string of a system call starts. */
static int base_of_dirfd(struct task *t, int dirfd, const char *name, struct path *ret)
{
	cleanup_file struct file *f = fd_get_path(t, dirfd);

	if (!f)
		return -EBADF;
	if (!path_valid(&f->path) || (*name && !file_is_dir(f)))
		return -ENOTDIR;
	*ret = path_get(&f->path);
	return 0;
}

int namei_base_task(struct task *t, int dirfd, const char *name, struct namei_base *ret)
{
	bool from_cwd = *name == '/' || dirfd == AT_FDCWD;
	int err = 0;

	*ret = (struct namei_base){
		.cred = t->cred,
		.task = t,
		.umask = fs_struct_umask(t->fs),
	};
	/* While nobody shares them, only this task could change them, and it is walking. */
	if (from_cwd && ref_read(&t->fs->ref) == 1) {
		ret->root = t->fs->root;
		ret->cwd = t->fs->cwd;
		ret->borrowed = true;
		return 0;
	}
	if (!from_cwd)
		err = base_of_dirfd(t, dirfd, name, &ret->cwd);
	if (!err)
		fs_struct_paths(t->fs, &ret->root, from_cwd ? &ret->cwd : NULL);
	return err;
}

int path_lookup_user(struct task *t, int dirfd, uaddr_t upath, unsigned flags, struct path *ret)
{
	cleanup_namei_base struct namei_base base = {0};
	char name[NAMEI_PATH_MAX];
	ssize_t n = strncpy_from_user(t, name, upath, sizeof(name));
	int err;

	if (n < 0)
		return (int)n;
	err = namei_base_task(t, dirfd, name, &base);
	return err ? err : path_lookup(&base, name, flags, ret);
}
