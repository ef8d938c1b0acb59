/*
 * fcntl(2) of files (fcntl.h).
 *
 * Locks: file->lock guards the owner.
 */
#include "fs/fcntl.h"

#include <fcntl.h>
#include <signal.h>

#include "fs/file.h"
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

long file_fcntl(struct task *t, int fd, struct file *f, int cmd, unsigned long arg)
{
	(void)fd;
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
	case F_GETLEASE:
		return F_UNLCK;
	default:
		return -EINVAL;
	}
}
