/* Descriptors of the calling task (fdtable.h). */
#include <sys/resource.h>

#include "fs/fdtable.h"
#include "kernel/task.h"

struct file *fd_get_path(struct task *t, int fd)
{
	return fdtable_lookup(t->files, fd);
}

struct file *fd_get(struct task *t, int fd)
{
	struct file *f = fdtable_lookup(t->files, fd);

	if (likely(!f || !(f->mode & FMODE_PATH)))
		return f;
	file_put(f);
	return NULL;
}

int fd_install(struct task *t, struct file *f, bool cloexec)
{
	return fdtable_install(t->files, f, 0, task_rlimit(t, RLIMIT_NOFILE), cloexec);
}

int fd_reserve(struct task *t, bool cloexec)
{
	return fdtable_reserve(t->files, 0, task_rlimit(t, RLIMIT_NOFILE), cloexec);
}

void fd_commit(struct task *t, int fd, struct file *f)
{
	fdtable_commit(t->files, fd, f);
}

void fd_cancel(struct task *t, int fd)
{
	fdtable_cancel(t->files, fd);
}
