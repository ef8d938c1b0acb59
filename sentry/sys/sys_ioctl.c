/* ioctl(2): what every descriptor understands; the rest is the file's */
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

static long set_flag(struct task *t, struct file *f, uaddr_t arg, u32 flag)
{
	u32 flags = file_flags(f);
	int on;

	if (get_user(t, &on, arg))
		return -EFAULT;
	return file_set_flags(f, on ? flags | flag : flags & ~flag);
}

static long file_size(struct task *t, struct file *f, uaddr_t arg)
{
	s64 size;

	if (!file_is_reg(f) && !file_is_dir(f))
		return -ENOTTY;
	size = (s64)inode_size(f->inode);
	return copy_to_user(t, arg, &size, sizeof(size));
}

static long bytes_left(struct task *t, struct file *f, uaddr_t arg)
{
	off_t pos;
	int left;

	mutex_lock(&f->pos_mu);
	pos = f->pos;
	mutex_unlock(&f->pos_mu);
	left = (int)((off_t)inode_size(f->inode) - pos);
	return copy_to_user(t, arg, &left, sizeof(left));
}

long sys_ioctl(struct task *t, int fd, u32 cmd, unsigned long arg)
{
	cleanup_fd struct fd_ref r = fd_borrow(t, fd);
	struct file *f = r.file;

	if (!f)
		return -EBADF;
	switch (cmd) {
	case FIOCLEX:
		return fdtable_set_cloexec(t->files, fd, true);
	case FIONCLEX:
		return fdtable_set_cloexec(t->files, fd, false);
	case FIONBIO:
		return set_flag(t, f, arg, O_NONBLOCK);
	case FIOASYNC:
		return set_flag(t, f, arg, O_ASYNC);
	case FIOQSIZE:
		return file_size(t, f, arg);
	case FIGETBSZ: {
		int size = f->inode ? (int)f->inode->blksize : 0;

		return size ? copy_to_user(t, arg, &size, sizeof(size)) : -EBADF;
	}
	case FIONREAD:
		if (file_is_reg(f))
			return bytes_left(t, f, arg);
		break;
	}
	return vfs_ioctl(f, t, cmd, arg);
}
