/*
 * Making and opening pipes: pipe(2), fifos, and /proc/PID/fd/N of either.
 *
 * A nameless pipe has an inode of a file system of its own, mounted nowhere, so
 * that fstat, fchmod and /proc work on it and it can be opened again.
 *
 * Locks: inode->mu guards inode->pipe.  A fifo's open sleeps on pipe->wq.
 */
#include <sys/epoll.h>

#include "fs/dentry.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/open.h"
#include "fs/pipe.h"
#include "fs/pipe_internal.h"
#include "fs/super.h"
#include "kernel/cred.h"
#include "lib/alloc.h"

#define PIPEFS_MAGIC 0x50495045

static struct super *pipefs;
static struct mount *pipefs_mnt;

static void pipefs_inode_release(struct inode *inode)
{
	inode_fini(inode);
	kfree(inode);
}

static const struct inode_ops pipefs_inode_ops = {
	.release = pipefs_inode_release,
};

static void pipefs_release(struct super *super)
{
	super_fini(super);
	kfree(super);
}

static const struct super_ops pipefs_ops = {
	.release = pipefs_release,
};

static int pipefs_root(void)
{
	struct inode *inode = kzalloc(sizeof(*inode));
	int err;

	if (!inode)
		return -ENOMEM;
	inode_init(inode, pipefs, &pipefs_inode_ops, super_new_ino(pipefs), S_IFDIR | 0555);
	err = super_set_root(pipefs, inode);
	inode_put(inode);
	return err;
}

static int nameless_inode(const struct cred *cred, struct inode **ret)
{
	struct inode *inode = kzalloc(sizeof(*inode));

	if (!inode)
		return -ENOMEM;
	inode_init(inode, pipefs, &pipefs_inode_ops, super_new_ino(pipefs), S_IFIFO | 0600);
	inode->uid = cred->fsuid;
	inode->gid = cred->fsgid;
	*ret = inode;
	return 0;
}

/* The pipe of @inode, made if nobody has it open; counted. */
static int inode_pipe(struct inode *inode, bool nameless, struct pipe **ret)
{
	struct pipe *fresh;
	int err = 0;

	mutex_lock(&inode->mu);
	if (!inode->pipe) {
		err = pipe_alloc(&fresh);
		if (!err) {
			fresh->nameless = nameless;
			inode->pipe = fresh;
		}
	}
	if (!err) {
		inode->pipe->nr_files++;
		*ret = inode->pipe;
	}
	mutex_unlock(&inode->mu);
	return err;
}

/* A file of @inode that counts as reader and writer as @flags say. */
static int pipe_file_create(struct inode *inode, bool nameless, int flags, struct pipe_file **ret)
{
	struct pipe_file *pf = kzalloc(sizeof(*pf));
	struct pipe *p;
	int err;

	if (!pf)
		return -ENOMEM;
	err = inode_pipe(inode, nameless, &p);
	if (err) {
		kfree(pf);
		return err;
	}
	file_init(&pf->file, &pipe_file_ops, flags);
	file_set_inode(&pf->file, inode);
	pf->file.wq = &p->wq;
	pf->pipe = p;
	mutex_lock(&p->mu);
	list_add_tail(&pf->node, &p->files);
	if (pf->file.mode & FMODE_READ) {
		p->reader_opens++;
		p->nr_readers++;
	}
	if (pf->file.mode & FMODE_WRITE) {
		p->writer_opens++;
		p->nr_writers++;
	}
	waitq_wake_all(&p->wq);
	mutex_unlock(&p->mu);
	*ret = pf;
	return 0;
}

/* Sleep until somebody has opened the other end; it may be gone again by then. */
static int wait_for_other_end(struct pipe *p, const u32 *opens)
{
	u32 before;
	int err = 0;

	mutex_lock(&p->mu);
	before = *opens;
	while (*opens == before && !err)
		err = waitq_wait_locked(&p->wq, 0, &p->mu);
	mutex_unlock(&p->mu);
	return err;
}

static bool has_readers(struct inode *inode)
{
	bool ret = false;

	mutex_lock(&inode->mu);
	if (inode->pipe) {
		mutex_lock(&inode->pipe->mu);
		ret = inode->pipe->nr_readers;
		mutex_unlock(&inode->pipe->mu);
	}
	mutex_unlock(&inode->mu);
	return ret;
}

/* A nameless pipe opened again needs no partner. */
static int meet_other_end(struct pipe_file *pf, bool nonblock)
{
	struct pipe *p = pf->pipe;
	bool reader = pf->file.mode & FMODE_READ, alone;

	if (p->nameless || (pf->file.mode & FMODE_READ && pf->file.mode & FMODE_WRITE))
		return 0;
	mutex_lock(&p->mu);
	alone = reader ? !p->nr_writers : !p->nr_readers;
	if (alone && reader && nonblock)
		pf->writers_seen = p->writer_opens;
	mutex_unlock(&p->mu);
	if (!alone || nonblock)
		return 0;
	return wait_for_other_end(p, reader ? &p->writer_opens : &p->reader_opens);
}

static int open_fifo(struct inode *inode, const struct open_args *args, struct file **ret)
{
	int acc = args->flags & O_ACCMODE;
	bool nonblock = args->flags & O_NONBLOCK;
	bool nameless = inode->super == pipefs;
	struct pipe_file *pf;
	int err;

	if (acc == O_ACCMODE)
		return -EINVAL;
	if (acc == O_WRONLY && nonblock && !nameless && !has_readers(inode))
		return -ENXIO;
	err = pipe_file_create(inode, nameless, args->flags, &pf);
	if (err)
		return err;
	err = meet_other_end(pf, nonblock);
	if (err) {
		file_put(&pf->file);
		return err;
	}
	*ret = &pf->file;
	return 0;
}

int pipe_create(const struct cred *cred, int flags, struct file *ret[2])
{
	cleanup_file struct file *rd = NULL, *wr = NULL;
	cleanup_inode struct inode *inode = NULL;
	cleanup_path struct path path = PATH_NONE;
	struct pipe_file *pf;
	char name[32];
	int err;

	flags &= O_NONBLOCK | O_DIRECT;
	err = nameless_inode(cred, &inode);
	if (err)
		return err;
	snprintf(name, sizeof(name), "pipe:[%llu]", (unsigned long long)inode->ino);
	err = dentry_create_pseudo(inode, name, &path.dentry);
	if (err)
		return err;
	path.mnt = mount_get(pipefs_mnt);
	err = pipe_file_create(inode, true, O_RDONLY | flags, &pf);
	if (err)
		return err;
	rd = &pf->file;
	file_set_path(rd, &path);
	err = pipe_file_create(inode, true, O_WRONLY | flags, &pf);
	if (err)
		return err;
	wr = &pf->file;
	file_set_path(wr, &path);
	ret[0] = steal(&rd);
	ret[1] = steal(&wr);
	return 0;
}

int pipe_init(void)
{
	int err;

	pipefs = kzalloc(sizeof(*pipefs));
	if (!pipefs)
		return -ENOMEM;
	err = super_init(pipefs, &pipefs_ops, "pipefs", PIPEFS_MAGIC, SUPER_NOUSER);
	if (err)
		return err;
	err = pipefs_root();
	if (err)
		return err;
	err = mount_create(pipefs, NULL, "pipefs", 0, &pipefs_mnt);
	if (err)
		return err;
	fifo_open = open_fifo;
	return 0;
}
