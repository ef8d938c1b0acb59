/*
 * The base of every open file: life, flags, readiness (file.h).
 */
#include "fs/file.h"

#include <poll.h>
#include <sys/epoll.h>

#include "fs/dentry.h"
#include "fs/flock.h"
#include "fs/fsnotify.h"
#include "fs/mount.h"
#include "fs/super.h"
#include "kernel/cred.h"

#define FLAGS_OF_OPEN (O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)
#define FLAGS_SETFL   (O_APPEND | O_NONBLOCK | O_ASYNC | O_DIRECT | O_NOATIME)

struct file_hooks file_hooks;
static long live; /* atomic */

long file_live(void)
{
	return __atomic_load_n(&live, __ATOMIC_RELAXED);
}

static u32 mode_of_flags(int flags)
{
	switch (flags & O_ACCMODE) {
	case O_RDONLY:
		return FMODE_READ;
	case O_WRONLY:
		return FMODE_WRITE;
	case O_RDWR:
		return FMODE_READ | FMODE_WRITE;
	default:
		return 0;
	}
}

void file_init(struct file *f, const struct file_ops *ops, int flags)
{
	*f = (struct file){
		.ops = ops,
		.flags = (u32)(flags & ~FLAGS_OF_OPEN),
		.mode = mode_of_flags(flags) | FMODE_STREAM,
	};
	ref_init(&f->ref);
	mutex_init(&f->pos_mu, LOCK_FILEPOS);
	spin_init(&f->lock);
	list_init(&f->epolls);
	waitq_init(&f->own_wq);
	f->wq = &f->own_wq;
	__atomic_add_fetch(&live, 1, __ATOMIC_RELAXED);
}

void file_set_inode(struct file *f, struct inode *inode)
{
	f->inode = inode_get(inode);
	if (inode_is_reg(inode) || inode_is_dir(inode)) {
		f->mode &= ~FMODE_STREAM;
		f->mode |= FMODE_SEEK | FMODE_PREAD;
	}
}

void file_set_path(struct file *f, const struct path *p)
{
	f->path = path_get(p);
	if (!f->inode && p->dentry->inode)
		f->inode = inode_get(p->dentry->inode);
}

struct file *file_get(struct file *f)
{
	ref_get(&f->ref);
	if (unlikely(__atomic_load_n(&f->told, __ATOMIC_SEQ_CST)))
		file_hooks.untell(f);
	return f;
}

struct file *file_get_mapping(struct file *f)
{
	ref_get(&f->ref);
	return f;
}

void file_put(struct file *f)
{
	struct path path = f->path;
	struct inode *inode = f->inode;
	const struct cred *cred = f->cred;
	u32 mode = f->mode;

	if (!ref_put(&f->ref))
		return;
	if (unlikely(f->told))
		file_hooks.untell(f);
	if (__atomic_load_n(&f->epoll_watched, __ATOMIC_ACQUIRE) && file_hooks.epoll_release)
		file_hooks.epoll_release(f);
	fsnotify_file(f, mode & FMODE_WRITE ? IN_CLOSE_WRITE : IN_CLOSE_NOWRITE);
	if (inode)
		flock_file_gone(f);
	f->ops->release(f);
	__atomic_sub_fetch(&live, 1, __ATOMIC_RELAXED);
	if (mode & FMODE_WRITER)
		inode_put_write(inode);
	if (mode & FMODE_EXEC)
		inode_allow_write(inode);
	path_put(&path);
	if (inode)
		inode_put(inode);
	if (cred)
		cred_put((struct cred *)(uintptr_t)cred);
}

bool file_is_dir(const struct file *f)
{
	return f->inode && inode_is_dir(f->inode);
}

bool file_is_reg(const struct file *f)
{
	return f->inode && inode_is_reg(f->inode);
}

int file_set_flags(struct file *f, u32 flags)
{
	u32 old = file_flags(f), want = (old & ~(u32)FLAGS_SETFL) | (flags & FLAGS_SETFL);
	int err = 0;

	if (f->inode && f->inode->flags & INODE_APPEND && !(want & O_APPEND) && old & O_APPEND)
		return -EPERM;
	if (f->ops->set_flags)
		err = f->ops->set_flags(f, want);
	if (!err)
		__atomic_store_n(&f->flags, want, __ATOMIC_RELAXED);
	return err;
}

bool file_noexec(const struct file *f)
{
	if (!path_valid(&f->path))
		return false;
	return mount_flags(f->path.mnt) & MNT_NOEXEC || f->path.dentry->super->flags & SUPER_NOEXEC;
}

int file_wait_locked(struct file *f, poll_t events, struct mutex *mu) NO_TSA
{
	if (file_nonblock(f))
		return -EAGAIN;
	return waitq_wait_locked(f->wq, events | EPOLLERR | EPOLLHUP, mu);
}

void file_wake(struct file *f, poll_t events)
{
	waitq_wake(f->wq, events);
	if (unlikely(file_flags(f) & O_ASYNC) && file_hooks.sigio)
		file_hooks.sigio(f, events);
}

poll_t vfs_poll(struct file *f)
{
	if (f->mode & FMODE_PATH)
		return POLLNVAL;
	return f->ops->poll ? f->ops->poll(f) : EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM;
}

long vfs_ioctl(struct file *f, struct task *t, unsigned cmd, u64 arg)
{
	if (f->mode & FMODE_PATH)
		return -EBADF;
	return f->ops->ioctl ? f->ops->ioctl(f, t, cmd, arg) : -ENOTTY;
}

int vfs_fsync(struct file *f, bool data_only)
{
	if (f->mode & FMODE_PATH)
		return -EBADF;
	return f->ops->fsync ? f->ops->fsync(f, data_only) : -EINVAL;
}

int vfs_flush(struct file *f, const void *owner)
{
	if (f->mode & FMODE_PATH)
		return 0;
	if (f->inode)
		flock_owner_gone(f, owner);
	return f->ops->flush ? f->ops->flush(f) : 0;
}
