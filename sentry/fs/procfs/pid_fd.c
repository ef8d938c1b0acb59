/*
 * /proc/PID/fd, fdinfo: a process's descriptors.
 *
 * Lookup and listing run under the directory's lock, where the last reference
 * of a descriptor table must not be dropped (it would close files): it is put
 * by a piece of work instead.
 */
#include <dirent.h>
#include <limits.h>

#include "fs/fdtable.h"
#include "fs/mount.h"
#include "fs/procfs/internal.h"
#include "fs/stat.h"
#include "sched/work.h"

struct late_put {
	struct work work;
	struct fdtable *ft;
};

static void put_now(struct work *w)
{
	struct late_put *late = container_of(w, struct late_put, work);

	fdtable_put(late->ft);
	kfree(late);
}

/* Take the table of @pid's process, to be given back with table_put_later(). */
static struct late_put *table_get(struct pseudo_inode *pi)
{
	cleanup_task struct task *t = pid_task_get(pi->pid, pi->thread);
	struct late_put *late = t ? kzalloc(sizeof(*late)) : NULL;

	if (!late)
		return NULL;
	late->ft = task_files_get(t);
	if (!late->ft) {
		kfree(late);
		return NULL;
	}
	work_init(&late->work, put_now);
	return late;
}

static void table_put_later(struct late_put *late)
{
	struct task *me = park_self()->owner;

	/* The caller's own table has the caller's reference: ours is not the last. */
	if (me && me->files == late->ft)
		put_now(&late->work);
	else
		work_queue(&late->work);
}

static bool is_open(struct pseudo_inode *pi, u64 num)
{
	struct late_put *late = num < FDTABLE_MAX ? table_get(pi) : NULL;
	bool open = false;

	if (late) {
		open = fdtable_next(late->ft, (int)num) == (int)num;
		table_put_later(late);
	}
	return open;
}

/* The file behind an entry; counted, or NULL.  Locks: none. */
static struct file *file_of(struct pseudo_inode *pi)
{
	cleanup_task struct task *t = pid_task_get(pi->pid, pi->thread);
	struct fdtable *ft = t ? task_files_get(t) : NULL;
	struct file *f = NULL;

	if (ft) {
		f = fdtable_lookup(ft, (int)pi->num);
		fdtable_put(ft);
	}
	return f;
}

static int may_follow(struct pseudo_inode *pi, struct task *me)
{
	cleanup_task struct task *t = pid_task_get(pi->pid, pi->thread);

	if (!t)
		return -ENOENT;
	return task_may_look(me, me ? me->cred : NULL, t) ? -EACCES : 0;
}

static ssize_t fd_readlink(struct pseudo_inode *pi, struct task *me, char *buf, size_t size)
{
	cleanup_path struct path root = proc_root_of(me);
	cleanup_free char *text = kzalloc(PATH_MAX);
	cleanup_file struct file *f = NULL;
	char *name;
	int err = may_follow(pi, me);

	if (err)
		return err;
	f = file_of(pi);
	if (!f)
		return -ENOENT;
	if (!text)
		return -ENOMEM;
	err = file_path(f, &root, text, PATH_MAX, &name);
	return err ? err : pseudo_copy_link(name, buf, size);
}

static int fd_link(struct pseudo_inode *pi, struct task *me, struct path *ret)
{
	cleanup_file struct file *f = NULL;
	int err = may_follow(pi, me);

	if (err)
		return err;
	f = file_of(pi);
	if (!f)
		return -ENOENT;
	if (!path_valid(&f->path))
		return proc_anon_path(f, ret);
	*ret = path_get(&f->path);
	return 0;
}

/* As on Linux the link's mode tells how the file is open. */
static void fd_getattr(struct pseudo_inode *pi, struct kstat *ret)
{
	cleanup_file struct file *f = file_of(pi);

	ret->size = 64;
	if (!f)
		return;
	ret->mode = S_IFLNK;
	if (f->mode & FMODE_READ)
		ret->mode |= 0500;
	if (f->mode & FMODE_WRITE)
		ret->mode |= 0300;
}

static const struct pseudo_entry fd_entry = {
	.name = "fd",
	.mode = S_IFLNK | 0700,
	.readlink = fd_readlink,
	.get_link = fd_link,
	.getattr = fd_getattr,
};

static bool fd_is_cloexec(struct pseudo_inode *pi)
{
	cleanup_task struct task *t = pid_task_get(pi->pid, pi->thread);
	struct fdtable *ft = t ? task_files_get(t) : NULL;
	bool set = false;

	if (ft) {
		set = fdtable_get_cloexec(ft, (int)pi->num) > 0;
		fdtable_put(ft);
	}
	return set;
}

static int fdinfo_show(struct pseudo_file *pf, struct seq *s)
{
	cleanup_file struct file *f = file_of(pf->pi);
	char more[512];
	size_t n;
	off_t pos;

	if (!f)
		return -ENOENT;
	/* The position may be in use by a read that sleeps: it is looked at, not locked. */
	pos = __atomic_load_n(&f->pos, __ATOMIC_RELAXED);
	seq_printf(s, "pos:\t%ld\nflags:\t0%o\nmnt_id:\t%u\nino:\t%lu\n", pos,
		   file_flags(f) | (fd_is_cloexec(pf->pi) ? O_CLOEXEC : 0),
		   path_valid(&f->path) && f->path.mnt ? f->path.mnt->id : 0,
		   f->inode ? f->inode->ino : 0);
	if (f->ops->show_fdinfo) {
		n = f->ops->show_fdinfo(f, more, sizeof(more));
		seq_write(s, more, min(n, sizeof(more) - 1));
	}
	return 0;
}

static const struct pseudo_entry fdinfo_entry = {
	.name = "fdinfo",
	.mode = S_IFREG | 0444,
	.show = fdinfo_show,
	.flags = PSEUDO_PTRACE,
};

static int lookup(struct pseudo_inode *dir, const struct qname *name, const struct pseudo_entry *e,
		  struct inode **ret)
{
	u64 num;

	if (!pseudo_parse_num(name, &num) || !is_open(dir, num))
		return 0;
	return pseudo_inode_create(dir->inode.super, e, dir->pid, dir->thread, (s64)num, ret);
}

static int fd_lookup(struct pseudo_inode *dir, const struct qname *name, struct inode **ret)
{
	return lookup(dir, name, &fd_entry, ret);
}

static int fdinfo_lookup(struct pseudo_inode *dir, const struct qname *name, struct inode **ret)
{
	return lookup(dir, name, &fdinfo_entry, ret);
}

static int list(struct pseudo_inode *dir, struct dir_context *ctx, unsigned type)
{
	struct late_put *late = table_get(dir);
	int fd;

	if (!late)
		return -ENOENT;
	fd = (int)(ctx->pos - PSEUDO_DYN_POS);
	while ((fd = fdtable_next(late->ft, fd)) >= 0) {
		if (!proc_num_emit(ctx, (u64)fd, dir->inode.ino + (u64)fd + 1, type,
				   PSEUDO_DYN_POS + fd + 1))
			break;
		fd++;
	}
	table_put_later(late);
	return 0;
}

static int fd_readdir(struct pseudo_inode *dir, struct dir_context *ctx)
{
	return list(dir, ctx, DT_LNK);
}

static int fdinfo_readdir(struct pseudo_inode *dir, struct dir_context *ctx)
{
	return list(dir, ctx, DT_REG);
}

static int fd_revalidate(struct pseudo_inode *dir, const struct qname *name,
			 struct pseudo_inode *child)
{
	(void)name;
	return is_open(dir, (u64)child->num);
}

const struct pseudo_dyn proc_fd_dyn = {
	.lookup = fd_lookup,
	.readdir = fd_readdir,
	.revalidate = fd_revalidate,
};

const struct pseudo_dyn proc_fdinfo_dyn = {
	.lookup = fdinfo_lookup,
	.readdir = fdinfo_readdir,
	.revalidate = fd_revalidate,
};
