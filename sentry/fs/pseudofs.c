/*
 * File systems made of tables (pseudofs.h).
 *
 * Locks: an open file's mu (LOCK_PSEUDO) is held while its text is made.
 */
#include "fs/pseudofs.h"

#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>

#include "fs/dentry.h"
#include "fs/stat.h"
#include "kernel/access.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "lib/park.h"
#include "mm/mm.h"

#define PSEUDO_WRITE_MAX 4096u
#define TEXT_BYTES_MAX   (96l << 20)

static const struct inode_ops dir_ops, file_inode_ops, link_ops, magic_ops;
static const struct file_ops dir_file_ops, text_file_ops;

struct pseudo_super {
	struct super super; /* base */
	bool no_names;      /* set before it is mounted */
};

static const struct inode_ops *ops_for(const struct pseudo_entry *e)
{
	if (S_ISDIR(e->mode))
		return &dir_ops;
	if (S_ISLNK(e->mode))
		return e->get_link ? &magic_ops : &link_ops;
	return &file_inode_ops;
}

int pseudo_inode_create(struct super *super, const struct pseudo_entry *e, struct pid *pid,
			bool thread, s64 num, struct inode **ret)
{
	struct pseudo_inode *pi = kzalloc(sizeof(*pi));

	if (!pi)
		return -ENOMEM;
	inode_init(&pi->inode, super, ops_for(e), super_new_ino(super), e->mode);
	pi->inode.flags |= INODE_NOATIME;
	pi->inode.rdev = e->rdev;
	pi->e = e;
	pi->pid = pid ? pid_get(pid) : NULL;
	pi->thread = thread;
	pi->num = num;
	*ret = &pi->inode;
	return 0;
}

static void pi_release(struct inode *inode)
{
	struct pseudo_inode *pi = to_pseudo(inode);
	struct pid *pid = pi->pid;

	inode_fini(inode);
	kfree(pi);
	if (pid)
		pid_put(pid);
}

/* What tells of a process belongs to its effective user, if it may be looked at at all. */
static void owner_of(const struct pseudo_inode *pi, u32 mode, u32 *ret_uid, u32 *ret_gid)
{
	cleanup_task struct task *t = pi->pid ? pid_task_get(pi->pid, pi->thread) : NULL;
	cleanup_cred struct cred *c = t ? task_cred_get(t) : NULL;

	*ret_uid = *ret_gid = 0;
	if (!c || (mode != (S_IFDIR | 0555) && !task_dumpable(t)))
		return;
	*ret_uid = c->euid;
	*ret_gid = c->egid;
}

static int pi_getattr(struct inode *inode, struct kstat *ret)
{
	const struct pseudo_inode *pi = to_pseudo(inode);

	inode_fill_stat(inode, ret);
	if (pi->pid)
		owner_of(pi, inode_mode(inode), &ret->uid, &ret->gid);
	if (S_ISDIR(pi->e->mode) && pi->e->entries) {
		const struct pseudo_entry *e;

		for (e = pi->e->entries; e->name; e++)
			ret->nlink += S_ISDIR(e->mode);
	}
	if (pi->e->getattr)
		pi->e->getattr(to_pseudo(inode), ret);
	return 0;
}

static int pi_permission(struct inode *inode, int mask, const struct cred *cred)
{
	u32 uid = inode->uid, gid = inode->gid;

	if (to_pseudo(inode)->pid)
		owner_of(to_pseudo(inode), inode_mode(inode), &uid, &gid);
	return inode_mode_permits(inode_mode(inode), uid, gid, mask, cred);
}

/* chmod and chown work where the tables do not belong to a process, and last as long as the inode.
 */
static int pi_setattr(struct inode *inode, const struct iattr *attr) REQUIRES(inode->mu)
{
	if (to_pseudo(inode)->pid && attr->valid & (ATTR_MODE | ATTR_UID | ATTR_GID))
		return -EPERM;
	inode_apply_attr_locked(inode, attr);
	return 0;
}

static const struct pseudo_entry *find_entry(const struct pseudo_entry *dir,
					     const struct qname *name)
{
	const struct pseudo_entry *e = dir->entries;

	for (; e && e->name; e++) {
		if (strlen(e->name) == name->len && !memcmp(e->name, name->str, name->len))
			return e;
	}
	return NULL;
}

static int dir_lookup(struct inode *inode, const struct qname *name, struct inode **ret)
{
	struct pseudo_inode *dir = to_pseudo(inode);
	const struct pseudo_entry *e = find_entry(dir->e, name);
	int err;

	*ret = NULL;
	if (e)
		return pseudo_inode_create(inode->super, e, dir->pid, dir->thread, dir->num, ret);
	err = dir->e->dyn ? dir->e->dyn->lookup(dir, name, ret) : 0;
	/* As on Linux, O_CREAT and mkdir in /proc hear of the lookup, not of their own failure. */
	if (!err && !*ret && container_of(inode->super, struct pseudo_super, super)->no_names)
		err = -ENOENT;
	return err;
}

static u64 parent_ino(const struct file *f)
{
	if (!path_valid(&f->path) || !f->path.dentry->parent->inode)
		return f->inode->ino;
	return f->path.dentry->parent->inode->ino;
}

static int dir_readdir(struct file *f, struct dir_context *ctx)
{
	struct pseudo_inode *dir = to_pseudo(f->inode);
	const struct pseudo_entry *e = dir->e->entries;

	if (ctx->pos == 0 && !dir_emit(ctx, ".", 1, f->inode->ino, DT_DIR, 1))
		return 0;
	if (ctx->pos == 1 && !dir_emit(ctx, "..", 2, parent_ino(f), DT_DIR, 2))
		return 0;
	if (ctx->pos < PSEUDO_DYN_POS) {
		for (off_t i = 2; e && e->name; e++, i++) {
			if (i < ctx->pos)
				continue;
			if (!dir_emit(ctx, e->name, strlen(e->name), f->inode->ino + (u64)i,
				      e->mode >> 12, i + 1))
				return 0;
		}
		ctx->pos = PSEUDO_DYN_POS;
	}
	return dir->e->dyn ? dir->e->dyn->readdir(dir, ctx) : 0;
}

static void plain_release(struct file *f)
{
	kfree(to_pseudo_file(f));
}

static int open_file(struct pseudo_inode *pi, const struct open_args *args,
		     const struct file_ops *ops, struct pseudo_file **ret)
{
	struct pseudo_file *pf = kzalloc(sizeof(*pf));

	if (!pf)
		return -ENOMEM;
	file_init(&pf->file, ops, args->flags);
	file_set_inode(&pf->file, &pi->inode);
	mutex_init(&pf->mu, LOCK_PSEUDO);
	pf->pi = pi;
	*ret = pf;
	return 0;
}

static int dir_open(struct inode *inode, const struct open_args *args, struct file **ret)
{
	struct pseudo_file *pf;
	int err = open_file(to_pseudo(inode), args, &dir_file_ops, &pf);

	if (!err)
		*ret = &pf->file;
	return err;
}

/* May the opener look into the process, and what is its memory. */
static int check_target(struct pseudo_inode *pi, const struct open_args *args, struct mm **ret_mm)
{
	cleanup_task struct task *t = pid_task_get(pi->pid, pi->thread);
	int err;

	if (!t)
		return -ESRCH;
	err = task_may_look(args->task, args->cred, t);
	if (!err && pi->e->flags & PSEUDO_MM)
		*ret_mm = task_mm_get(t);
	return err;
}

static int file_open(struct inode *inode, const struct open_args *args, struct file **ret)
{
	struct pseudo_inode *pi = to_pseudo(inode);
	cleanup_mm struct mm *mm = NULL;
	struct pseudo_file *pf;
	int acc = args->flags & O_ACCMODE;
	int err = 0;

	if (pi->e->open)
		return pi->e->open(pi, args, ret);
	if ((acc != O_WRONLY && !pi->e->show) || (acc != O_RDONLY && !pi->e->write))
		return -EACCES;
	if (pi->e->flags & (PSEUDO_MM | PSEUDO_PTRACE))
		err = check_target(pi, args, &mm);
	if (!err)
		err = open_file(pi, args, &text_file_ops, &pf);
	if (err)
		return err;
	pf->mm = steal(&mm);
	*ret = &pf->file;
	return 0;
}

/* Texts that are kept for open files: together they have a bound. */
static s64 text_bytes; /* atomic */

static void drop_text_locked(struct pseudo_file *pf)
{
	__atomic_sub_fetch(&text_bytes, (s64)pf->text.cap, __ATOMIC_RELAXED);
	seq_fini(&pf->text);
	pf->made = false;
}

static int make_text_locked(struct pseudo_file *pf)
{
	struct seq text = SEQ_INIT;
	int err;

	drop_text_locked(pf);
	err = pf->pi->e->show(pf, &text);
	if (!err && text.oom)
		err = -ENOMEM;
	pf->text = text;
	pf->made = true;
	if (__atomic_add_fetch(&text_bytes, (s64)text.cap, __ATOMIC_RELAXED) > TEXT_BYTES_MAX)
		err = -ENOMEM;
	if (err)
		drop_text_locked(pf);
	return err;
}

static ssize_t text_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	struct pseudo_file *pf = to_pseudo_file(f);
	ssize_t n = 0;

	mutex_lock(&pf->mu);
	if (!pf->made || *pos == 0)
		n = make_text_locked(pf);
	if (!n && (u64)*pos < pf->text.len) {
		size_t len = min(iov_iter_count(dst), pf->text.len - (size_t)*pos);

		n = copy_to_iter_some(dst, pf->text.buf + *pos, len);
	} else if (!n) {
		/* Read to its end: most never come back, and those who do begin anew. */
		drop_text_locked(pf);
	}
	mutex_unlock(&pf->mu);
	if (n > 0)
		*pos += n;
	return n;
}

static ssize_t text_write(struct file *f, struct iov_iter *src, off_t *pos)
{
	struct pseudo_file *pf = to_pseudo_file(f);
	size_t len = min(iov_iter_count(src), (size_t)PSEUDO_WRITE_MAX);
	cleanup_free char *buf = kzalloc(len + 1);
	ssize_t n;

	if (!buf)
		return -ENOMEM;
	n = copy_from_iter(buf, src, len);
	if (n)
		return n;
	n = pf->pi->e->write(pf, park_self()->owner, buf, len);
	if (n > 0)
		*pos += n;
	return n;
}

static poll_t text_poll(struct file *f)
{
	struct pseudo_file *pf = to_pseudo_file(f);

	return pf->pi->e->poll ? pf->pi->e->poll(pf)
			       : EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM;
}

static void text_release(struct file *f)
{
	struct pseudo_file *pf = to_pseudo_file(f);

	drop_text_locked(pf);
	if (pf->mm)
		mm_put(pf->mm);
	kfree(pf);
}

static ssize_t link_readlink(struct inode *inode, struct task *t, char *buf, size_t size)
{
	struct pseudo_inode *pi = to_pseudo(inode);

	return pi->e->readlink(pi, t, buf, size);
}

static int link_get(struct inode *inode, struct task *t, struct path *ret)
{
	struct pseudo_inode *pi = to_pseudo(inode);

	return pi->e->get_link(pi, t, ret);
}

static const struct inode_ops dir_ops = {
	.lookup = dir_lookup,
	.open = dir_open,
	.getattr = pi_getattr,
	.setattr = pi_setattr,
	.permission = pi_permission,
	.release = pi_release,
};

static const struct inode_ops file_inode_ops = {
	.open = file_open,
	.getattr = pi_getattr,
	.setattr = pi_setattr,
	.permission = pi_permission,
	.release = pi_release,
};

static const struct inode_ops link_ops = {
	.readlink = link_readlink,
	.getattr = pi_getattr,
	.setattr = pi_setattr,
	.release = pi_release,
};

static const struct inode_ops magic_ops = {
	.readlink = link_readlink,
	.get_link = link_get,
	.getattr = pi_getattr,
	.setattr = pi_setattr,
	.release = pi_release,
};

static const struct file_ops dir_file_ops = {
	.readdir = dir_readdir,
	.release = plain_release,
};

static const struct file_ops text_file_ops = {
	.read = text_read,
	.write = text_write,
	.poll = text_poll,
	.release = text_release,
};

static int ps_revalidate(struct inode *dir, const struct qname *name, struct inode *inode)
{
	const struct pseudo_dyn *dyn = to_pseudo(dir)->e->dyn;

	if (!dyn || find_entry(to_pseudo(dir)->e, name))
		return 1;
	if (!inode)
		return 0;
	return dyn->revalidate ? dyn->revalidate(to_pseudo(dir), name, to_pseudo(inode)) : 1;
}

static void ps_release(struct super *super)
{
	super_fini(super);
	kfree(container_of(super, struct pseudo_super, super));
}

static const struct super_ops pseudo_super_ops = {
	.revalidate = ps_revalidate,
	.release = ps_release,
};

int pseudo_super_create(const struct pseudo_entry *root, const char *type, u64 magic, u32 flags,
			struct super **ret)
{
	struct pseudo_super *ps = kzalloc(sizeof(*ps));
	struct inode *inode;
	int err;

	if (!ps)
		return -ENOMEM;
	err = super_init(&ps->super, &pseudo_super_ops, type, magic, flags);
	if (err) {
		kfree(ps);
		return err;
	}
	err = pseudo_inode_create(&ps->super, root, NULL, false, -1, &inode);
	if (!err) {
		err = super_set_root(&ps->super, inode);
		inode_put(inode);
	}
	if (err) {
		super_put(&ps->super);
		return err;
	}
	*ret = &ps->super;
	return 0;
}

void pseudo_super_no_names(struct super *super)
{
	container_of(super, struct pseudo_super, super)->no_names = true;
}

int pseudo_show_text(struct pseudo_file *pf, struct seq *s)
{
	seq_puts(s, pf->pi->e->arg);
	return 0;
}

ssize_t pseudo_copy_link(const char *text, char *buf, size_t size)
{
	size_t n = min(strlen(text), size);

	memcpy(buf, text, n);
	return (ssize_t)n;
}

ssize_t pseudo_link_text(struct pseudo_inode *pi, struct task *t, char *buf, size_t size)
{
	(void)t;
	return pseudo_copy_link(pi->e->arg, buf, size);
}

bool pseudo_parse_num(const struct qname *name, u64 *ret)
{
	u64 n = 0;

	if (!name->len || name->len > 18 || (name->len > 1 && name->str[0] == '0'))
		return false;
	for (u32 i = 0; i < name->len; i++) {
		if (name->str[i] < '0' || name->str[i] > '9')
			return false;
		n = n * 10 + (u64)(name->str[i] - '0');
	}
	*ret = n;
	return true;
}

int pseudo_parse_long(const char *buf, s64 lo, s64 hi, s64 *ret)
{
	char *end;
	s64 v;

	v = strtoll(buf, &end, 0);
	/* At the ends strtoll() has met more than fits. */
	if (end == buf || v == INT64_MIN || v == INT64_MAX)
		return -EINVAL;
	while (*end == ' ' || *end == '\t' || *end == '\n')
		end++;
	if (*end || v < lo || v > hi)
		return -EINVAL;
	*ret = v;
	return 0;
}
