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

struct fd_ref fd_borrow_path(struct task *t, int fd)
{
	struct fdtable *ft = t->files;
	struct fd_ref r = {0};

	if (likely(ref_read(&ft->ref) == 1)) {
		if (likely(fd >= 0 && (u32)fd < ft->size))
			r.file = ft->files[fd];
		if (r.file && file_is_told(r.file))
			file_hooks.catch_up(r.file);
		return r;
	}
	r.file = fdtable_lookup(ft, fd);
	r.counted = r.file;
	return r;
}

struct fd_ref fd_borrow(struct task *t, int fd)
{
	struct fd_ref r = fd_borrow_path(t, fd);

	if (unlikely(r.file && r.file->mode & FMODE_PATH)) {
		fd_ref_put(&r);
		r = (struct fd_ref){0};
	}
	return r;
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
