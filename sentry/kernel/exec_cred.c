/*
 * Who a program runs as (exec.h): set-user-ID and set-group-ID bits, file
 * capabilities, and the rules that tie user 0 to capabilities; as in Linux's
 * security/commoncap.c, whose order this keeps.
 *
 * pP' = (X & fP) | (pI & fI) | pA',  pE' = fE ? pP' : pA',  pI' = pI
 */
#include <endian.h>
#include <linux/capability.h>
#include <linux/securebits.h>

#include "fs/attr.h"
#include "fs/file.h"
#include "fs/fs_struct.h"
#include "fs/mount.h"
#include "kernel/cred.h"
#include "kernel/exec.h"
#include "kernel/task.h"

/* What security.capability of a file says. */
struct file_caps {
	bool present, effective;
	u64 permitted, inheritable;
};

static bool no_new_privs(const struct task *t)
{
	return __atomic_load_n(&t->no_new_privs, __ATOMIC_RELAXED);
}

/* A cwd that another process may change under us is no base for more rights. */
static bool shares_fs(struct task *t)
{
	unsigned threads;

	mutex_lock(&tasklist_lock);
	threads = t->tg->nr_threads;
	mutex_unlock(&tasklist_lock);
	/* None yet: a program that init.c starts. */
	return threads && (unsigned)ref_read(&t->fs->ref) > threads;
}

static bool may_suid(const struct file *f)
{
	return f->path.mnt &&
	       !(__atomic_load_n(&f->path.mnt->flags, __ATOMIC_RELAXED) & MNT_NOSUID);
}

static void apply_setid(struct task *t, const struct exec *x, struct cred *c)
{
	const struct inode *inode = x->file->inode;
	u32 mode = inode_mode(inode);

	if (!may_suid(x->file) || no_new_privs(t))
		return;
	if (mode & S_ISUID)
		c->euid = inode->uid;
	/* Without S_IXGRP the bit means mandatory locking, not set-group-ID. */
	if ((mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		c->egid = inode->gid;
}

static u64 cap_word(u32 low, u32 high)
{
	return ((u64)le32toh(high) << 32 | le32toh(low)) & CAP_FULL_SET;
}

/* A file whose capabilities cannot be read or understood has none. */
static struct file_caps read_file_caps(const struct exec *x, const struct cred *c)
{
	struct vfs_ns_cap_data d = {0};
	struct file_caps fc = {0};
	ssize_t n;
	u32 magic;

	if (!may_suid(x->file))
		return fc;
	n = vfs_getxattr(&x->file->path, "security.capability", &d, sizeof(d), c);
	if (n < (ssize_t)sizeof(d.magic_etc))
		return fc;
	magic = le32toh(d.magic_etc);
	switch (magic & VFS_CAP_REVISION_MASK) {
	case VFS_CAP_REVISION_1:
		if (n != XATTR_CAPS_SZ_1)
			return fc;
		break;
	case VFS_CAP_REVISION_2:
		if (n != XATTR_CAPS_SZ_2)
			return fc;
		break;
	case VFS_CAP_REVISION_3:
		/* Those of another user namespace's root mean nothing here. */
		if (n != XATTR_CAPS_SZ_3 || d.rootid != 0)
			return fc;
		break;
	default:
		return fc;
	}
	fc.present = true;
	fc.effective = magic & VFS_CAP_FLAGS_EFFECTIVE;
	fc.permitted = cap_word(d.data[0].permitted, d.data[1].permitted);
	fc.inheritable = cap_word(d.data[0].inheritable, d.data[1].inheritable);
	return fc;
}

/* User 0 has every capability of the bounding set, unless SECBIT_NOROOT. */
static void apply_root(const struct cred *old, struct cred *c, bool has_fcap, bool *effective)
{
	if (c->securebits & SECBIT_NOROOT)
		return;
	if (has_fcap && c->euid == 0 && c->uid != 0)
		return;
	if (c->euid == 0 || c->uid == 0)
		c->cap_permitted = old->cap_bset | old->cap_inheritable;
	if (c->euid == 0)
		*effective = true;
}

static bool unsafe(struct task *t)
{
	return no_new_privs(t) || shares_fs(t);
}

/* More rights than before: not for a program others can tamper with. */
static void limit_gain(struct task *t, const struct cred *old, struct cred *c, bool is_setid)
{
	if (!is_setid && !(c->cap_permitted & ~old->cap_permitted))
		return;
	if (!unsafe(t))
		return;
	if (!cred_capable(old, CAP_SETUID) || no_new_privs(t)) {
		c->euid = c->uid;
		c->egid = c->gid;
	}
	c->cap_permitted &= old->cap_permitted;
}

static bool is_secure(const struct cred *c, bool is_setid, bool effective)
{
	return is_setid || (c->uid != 0 && (effective || (c->cap_permitted & ~c->cap_ambient)));
}

int exec_creds(struct task *t, struct exec *x)
{
	const struct cred *old = t->cred;
	bool effective, is_setid;
	struct file_caps fc;
	struct cred *c;
	int err;

	err = cred_dup(old, &c);
	if (err)
		return err;
	x->cred = c;
	apply_setid(t, x, c);
	fc = read_file_caps(x, old);
	effective = fc.effective;
	c->cap_permitted = (c->cap_bset & fc.permitted) | (c->cap_inheritable & fc.inheritable);
	/* A program that cannot know it lacks capabilities must not run without them. */
	if (fc.effective && fc.permitted & ~c->cap_permitted)
		return -EPERM;
	apply_root(old, c, fc.present, &effective);
	is_setid = c->euid != old->euid || c->egid != old->egid;
	limit_gain(t, old, c, is_setid);
	c->suid = c->fsuid = c->euid;
	c->sgid = c->fsgid = c->egid;
	if (fc.present || is_setid)
		c->cap_ambient = 0;
	c->cap_permitted |= c->cap_ambient;
	c->cap_effective = effective ? c->cap_permitted : c->cap_ambient;
	c->securebits &= ~SECBIT_KEEP_CAPS;
	x->secure = is_secure(c, is_setid, effective);
	return 0;
}
