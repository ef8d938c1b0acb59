/*
 * Changing user and group ids (setid.h), with the rules of Linux's
 * kernel/sys.c, and what user 0 means for capabilities (commoncap.c).
 */
#include "kernel/setid.h"

#include <linux/securebits.h>

#include "kernel/cred.h"
#include "kernel/task.h"
#include "mm/mm.h"

/* Capabilities that come and go with the fsuid. */
#define CAP_BIT(cap) (1ull << (cap))
#define CAP_FS_SET                                                                  \
	(CAP_BIT(CAP_CHOWN) | CAP_BIT(CAP_MKNOD) | CAP_BIT(CAP_DAC_OVERRIDE) |      \
	 CAP_BIT(CAP_DAC_READ_SEARCH) | CAP_BIT(CAP_FOWNER) | CAP_BIT(CAP_FSETID) | \
	 CAP_BIT(CAP_MAC_OVERRIDE) | CAP_BIT(CAP_LINUX_IMMUTABLE))

void cred_commit_take(struct task *t, struct cred *c)
{
	const struct cred *old = t->cred;
	bool changed = old->euid != c->euid || old->egid != c->egid || old->fsuid != c->fsuid ||
		       old->fsgid != c->fsgid || (c->cap_permitted & ~old->cap_permitted);

	if (changed) {
		__atomic_store_n(&t->mm->dumpable, false, __ATOMIC_RELAXED);
		__atomic_store_n(&t->pdeath_signal, 0, __ATOMIC_RELAXED);
	}
	task_replace_cred_take(t, c);
}

/* Leaving user 0, or coming back to it, takes or gives capabilities. */
static void fix_caps(const struct cred *old, struct cred *c)
{
	bool was_root = !old->uid || !old->euid || !old->suid;
	bool is_root = !c->uid || !c->euid || !c->suid;

	if (c->securebits & SECBIT_NO_SETUID_FIXUP)
		return;
	if (was_root && !is_root) {
		if (!(c->securebits & SECBIT_KEEP_CAPS))
			c->cap_permitted = c->cap_effective = 0;
		c->cap_ambient = 0;
	}
	if (!old->euid && c->euid)
		c->cap_effective = 0;
	if (old->euid && !c->euid)
		c->cap_effective = c->cap_permitted;
}

static int commit_uids(struct task *t, u32 uid, u32 euid, u32 suid)
{
	struct cred *c;
	int err = cred_dup(t->cred, &c);

	if (err)
		return err;
	c->uid = uid;
	c->euid = c->fsuid = euid;
	c->suid = suid;
	fix_caps(t->cred, c);
	cred_commit_take(t, c);
	return 0;
}

static int commit_gids(struct task *t, u32 gid, u32 egid, u32 sgid)
{
	struct cred *c;
	int err = cred_dup(t->cred, &c);

	if (err)
		return err;
	c->gid = gid;
	c->egid = c->fsgid = egid;
	c->sgid = sgid;
	cred_commit_take(t, c);
	return 0;
}

int setid_uid(struct task *t, u32 uid)
{
	const struct cred *c = t->cred;

	if (uid == ID_KEEP)
		return -EINVAL;
	if (task_capable(t, CAP_SETUID))
		return commit_uids(t, uid, uid, uid);
	if (uid != c->uid && uid != c->suid)
		return -EPERM;
	return commit_uids(t, c->uid, uid, c->suid);
}

int setid_gid(struct task *t, u32 gid)
{
	const struct cred *c = t->cred;

	if (gid == ID_KEEP)
		return -EINVAL;
	if (task_capable(t, CAP_SETGID))
		return commit_gids(t, gid, gid, gid);
	if (gid != c->gid && gid != c->sgid)
		return -EPERM;
	return commit_gids(t, c->gid, gid, c->sgid);
}

/* Is @id left alone or one of the @n in @own? */
static bool is_own(u32 id, const u32 *own, unsigned n)
{
	if (id == ID_KEEP)
		return true;
	for (unsigned i = 0; i < n; i++) {
		if (id == own[i])
			return true;
	}
	return false;
}

static u32 pick(u32 id, u32 old)
{
	return id == ID_KEEP ? old : id;
}

int setid_reuid(struct task *t, u32 ruid, u32 euid)
{
	const struct cred *c = t->cred;
	const u32 own[] = {c->uid, c->euid, c->suid};
	u32 suid = c->suid;

	if (!task_capable(t, CAP_SETUID) && (!is_own(ruid, own, 2) || !is_own(euid, own, 3)))
		return -EPERM;
	if (ruid != ID_KEEP || (euid != ID_KEEP && euid != c->uid))
		suid = pick(euid, c->euid);
	return commit_uids(t, pick(ruid, c->uid), pick(euid, c->euid), suid);
}

int setid_regid(struct task *t, u32 rgid, u32 egid)
{
	const struct cred *c = t->cred;
	const u32 own[] = {c->gid, c->egid, c->sgid};
	u32 sgid = c->sgid;

	if (!task_capable(t, CAP_SETGID) && (!is_own(rgid, own, 2) || !is_own(egid, own, 3)))
		return -EPERM;
	if (rgid != ID_KEEP || (egid != ID_KEEP && egid != c->gid))
		sgid = pick(egid, c->egid);
	return commit_gids(t, pick(rgid, c->gid), pick(egid, c->egid), sgid);
}

int setid_resuid(struct task *t, u32 ruid, u32 euid, u32 suid)
{
	const struct cred *c = t->cred;
	const u32 own[] = {c->uid, c->euid, c->suid};

	if (!task_capable(t, CAP_SETUID) &&
	    (!is_own(ruid, own, 3) || !is_own(euid, own, 3) || !is_own(suid, own, 3)))
		return -EPERM;
	return commit_uids(t, pick(ruid, c->uid), pick(euid, c->euid), pick(suid, c->suid));
}

int setid_resgid(struct task *t, u32 rgid, u32 egid, u32 sgid)
{
	const struct cred *c = t->cred;
	const u32 own[] = {c->gid, c->egid, c->sgid};

	if (!task_capable(t, CAP_SETGID) &&
	    (!is_own(rgid, own, 3) || !is_own(egid, own, 3) || !is_own(sgid, own, 3)))
		return -EPERM;
	return commit_gids(t, pick(rgid, c->gid), pick(egid, c->egid), pick(sgid, c->sgid));
}

static void fix_fs_caps(const struct cred *old, struct cred *c)
{
	if (c->securebits & SECBIT_NO_SETUID_FIXUP)
		return;
	if (!old->fsuid && c->fsuid)
		c->cap_effective &= ~CAP_FS_SET;
	if (old->fsuid && !c->fsuid)
		c->cap_effective |= c->cap_permitted & CAP_FS_SET;
}

u32 setid_fsuid(struct task *t, u32 uid)
{
	const struct cred *old = t->cred;
	const u32 own[] = {old->uid, old->euid, old->suid, old->fsuid};
	u32 before = old->fsuid;
	struct cred *c;

	if (uid == ID_KEEP || uid == before)
		return before;
	if (!is_own(uid, own, 4) && !task_capable(t, CAP_SETUID))
		return before;
	if (cred_dup(old, &c))
		return before;
	c->fsuid = uid;
	fix_fs_caps(old, c);
	cred_commit_take(t, c);
	return before;
}

u32 setid_fsgid(struct task *t, u32 gid)
{
	const struct cred *old = t->cred;
	const u32 own[] = {old->gid, old->egid, old->sgid, old->fsgid};
	u32 before = old->fsgid;
	struct cred *c;

	if (gid == ID_KEEP || gid == before)
		return before;
	if (!is_own(gid, own, 4) && !task_capable(t, CAP_SETGID))
		return before;
	if (cred_dup(old, &c))
		return before;
	c->fsgid = gid;
	cred_commit_take(t, c);
	return before;
}
