/*
 * fcntl(2) of files (fcntl.h).
 *
 * Locks: file->lock guards the owner.
 */
#include "fs/fcntl.h"

#include <fcntl.h>
#include <signal.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/flock.h"
#include "fs/inode.h"
#include "fs/pipe.h"
#include "fs/tmpfs/tmpfs.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

#ifndef F_GETOWNER_UIDS
#define F_GETOWNER_UIDS 17
#endif

/* struct f_owner_ex */
struct owner_ex {
	int type, pid;
};

static long set_owner(struct task *t, struct file *f, int type, int pid)
{
	int err = 0;

	if (pid && type == F_OWNER_PGRP) {
		cleanup_pid struct pid *p = pid_find_get(pid);

		err = p ? 0 : -ESRCH;
	} else if (pid) {
		cleanup_task struct task *other = task_find_get(pid);

		err = other ? 0 : -ESRCH;
	}
	if (err)
		return err;
	spin_lock(&f->lock);
	f->owner.type = type;
	f->owner.pid = pid;
	f->owner.uid = t->cred->uid;
	f->owner.euid = t->cred->euid;
	spin_unlock(&f->lock);
	return 0;
}

static struct file_owner get_owner(struct file *f)
{
	struct file_owner o;

	spin_lock(&f->lock);
	o = f->owner;
	spin_unlock(&f->lock);
	return o;
}

/* F_SETOWN: a negative number is a process group. */
static long set_owner_number(struct task *t, struct file *f, int who)
{
	if (who == INT32_MIN)
		return -EINVAL;
	return set_owner(t, f, who < 0 ? F_OWNER_PGRP : F_OWNER_PID, who < 0 ? -who : who);
}

static long set_owner_ex(struct task *t, struct file *f, uaddr_t arg)
{
	struct owner_ex ex;

	if (copy_from_user(t, &ex, arg, sizeof(ex)))
		return -EFAULT;
	if (ex.type != F_OWNER_TID && ex.type != F_OWNER_PID && ex.type != F_OWNER_PGRP)
		return -EINVAL;
	return set_owner(t, f, ex.type, ex.pid);
}

static long set_signal(struct file *f, unsigned long sig)
{
	if (sig > 64)
		return -EINVAL;
	spin_lock(&f->lock);
	f->owner.signo = (int)sig;
	spin_unlock(&f->lock);
	return 0;
}

static long owner_fcntl(struct task *t, struct file *f, int cmd, unsigned long arg)
{
	struct file_owner o = get_owner(f);
	struct owner_ex ex = {.type = o.type, .pid = o.pid};
	u32 uids[2] = {o.uid, o.euid};

	switch (cmd) {
	case F_GETOWN:
		return o.type == F_OWNER_PGRP ? -o.pid : o.pid;
	case F_SETOWN:
		return set_owner_number(t, f, (int)arg);
	case F_GETOWN_EX:
		return copy_to_user(t, arg, &ex, sizeof(ex));
	case F_SETOWN_EX:
		return set_owner_ex(t, f, arg);
	case F_GETOWNER_UIDS:
		return copy_to_user(t, arg, uids, sizeof(uids));
	case F_GETSIG:
		return o.signo;
	default:
		return set_signal(f, arg);
	}
}

void file_set_async_fd(struct file *f, int fd)
{
	spin_lock(&f->lock);
	f->owner.fd = fd;
	spin_unlock(&f->lock);
}

static long add_seals(struct file *f, unsigned long arg)
{
	if (!(f->mode & FMODE_WRITE))
		return -EPERM;
	return f->inode ? tmpfs_add_seals(f->inode, (u32)arg) : -EINVAL;
}

/* The range of a struct flock: 0, -EINVAL, -EOVERFLOW. */
static int range_of(struct file *f, const struct flock *fl, struct record *ret)
{
	off_t start = 0;

	switch (fl->l_whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		mutex_lock(&f->pos_mu);
		start = f->pos;
		mutex_unlock(&f->pos_mu);
		break;
	case SEEK_END:
		start = (off_t)inode_size(f->inode);
		break;
	default:
		return -EINVAL;
	}
	if (__builtin_add_overflow(start, fl->l_start, &start))
		return -EOVERFLOW;
	if (start < 0)
		return -EINVAL;
	ret->start = (u64)start;
	ret->end = INT64_MAX;
	if (fl->l_len > 0) {
		if (fl->l_len - 1 > INT64_MAX - start)
			return -EOVERFLOW;
		ret->end = (u64)(start + fl->l_len - 1);
	} else if (fl->l_len < 0) {
		if (start + fl->l_len < 0)
			return -EINVAL;
		ret->start = (u64)(start + fl->l_len);
		ret->end = (u64)start - 1;
	}
	return 0;
}

static int record_of(struct task *t, struct file *f, const struct flock *fl, bool ofd,
		     struct record *ret)
{
	*ret = (struct record){
		.type = fl->l_type,
		.ofd = ofd,
		.owner = ofd ? (void *)f : (void *)t->files,
		.pid = ofd ? -1 : task_tgid(t),
	};
	if (fl->l_type != F_RDLCK && fl->l_type != F_WRLCK && fl->l_type != F_UNLCK)
		return -EINVAL;
	if (ofd && fl->l_pid)
		return -EINVAL;
	return range_of(f, fl, ret);
}

static long get_lock(struct task *t, struct file *f, struct flock *fl, bool ofd, uaddr_t arg)
{
	struct record r, found;
	int err;

	if (fl->l_type == F_UNLCK && !ofd)
		return -EINVAL;
	err = record_of(t, f, fl, ofd, &r);
	if (err)
		return err;
	record_test(f, &r, &found);
	fl->l_type = (short)found.type;
	if (found.type != F_UNLCK) {
		fl->l_whence = SEEK_SET;
		fl->l_start = (off_t)found.start;
		fl->l_len = found.end == INT64_MAX ? 0 : (off_t)(found.end - found.start + 1);
		fl->l_pid = found.pid;
	}
	return copy_to_user(t, arg, fl, sizeof(*fl));
}

static long set_lock(struct task *t, int fd, struct file *f, const struct flock *fl, bool ofd,
		     bool wait)
{
	cleanup_file struct file *now = NULL;
	struct record r;
	int err = record_of(t, f, fl, ofd, &r);

	if (!err && ((r.type == F_RDLCK && !(f->mode & FMODE_READ)) ||
		     (r.type == F_WRLCK && !(f->mode & FMODE_WRITE))))
		err = -EBADF;
	if (!err)
		err = record_set(f, &r, wait);
	if (err || ofd || r.type == F_UNLCK)
		return err;
	/* Another thread may have closed it meanwhile: then the lock would stay for ever. */
	now = fdtable_lookup(t->files, fd);
	if (now == f)
		return 0;
	flock_owner_gone(f, t->files);
	return -EBADF;
}

static long lock_fcntl(struct task *t, int fd, struct file *f, int cmd, uaddr_t arg)
{
	bool ofd = cmd == F_OFD_GETLK || cmd == F_OFD_SETLK || cmd == F_OFD_SETLKW;
	struct flock fl;

	if (copy_from_user(t, &fl, arg, sizeof(fl)))
		return -EFAULT;
	/* Files without an inode of their own share one on Linux, whose locks mean nothing. */
	if (!f->inode)
		return -EINVAL;
	if (cmd == F_GETLK || cmd == F_OFD_GETLK)
		return get_lock(t, f, &fl, ofd, arg);
	return set_lock(t, fd, f, &fl, ofd, cmd == F_SETLKW || cmd == F_OFD_SETLKW);
}

long file_fcntl(struct task *t, int fd, struct file *f, int cmd, unsigned long arg)
{
	switch (cmd) {
	case F_GETOWN:
	case F_SETOWN:
	case F_GETOWN_EX:
	case F_SETOWN_EX:
	case F_GETOWNER_UIDS:
	case F_GETSIG:
	case F_SETSIG:
		return owner_fcntl(t, f, cmd, arg);
	case F_ADD_SEALS:
		return add_seals(f, arg);
	case F_GET_SEALS:
		return f->inode ? tmpfs_get_seals(f->inode) : -EINVAL;
	case F_GETPIPE_SZ:
		return pipe_get_size(f);
	case F_SETPIPE_SZ:
		return pipe_set_size(f, t->cred, (u32)arg);
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return lock_fcntl(t, fd, f, cmd, arg);
	case F_GETLEASE:
		return F_UNLCK;
	default:
		return -EINVAL;
	}
}
