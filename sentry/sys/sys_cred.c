/* User and group ids: getuid(2), setresuid(2), getgroups(2) and their kin */
#include "gen/sys_proto.h"
#include "kernel/cred.h"
#include "kernel/setid.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/uaccess.h"

long sys_getuid(struct task *t)
{
	return t->cred->uid;
}

long sys_geteuid(struct task *t)
{
	return t->cred->euid;
}

long sys_getgid(struct task *t)
{
	return t->cred->gid;
}

long sys_getegid(struct task *t)
{
	return t->cred->egid;
}

static long put_three(struct task *t, const u32 v[3], const uaddr_t to[3])
{
	for (int i = 0; i < 3; i++) {
		if (put_user(t, v[i], to[i]))
			return -EFAULT;
	}
	return 0;
}

long sys_getresuid(struct task *t, uaddr_t ruid, uaddr_t euid, uaddr_t suid)
{
	return put_three(t, (u32[]){t->cred->uid, t->cred->euid, t->cred->suid},
			 (uaddr_t[]){ruid, euid, suid});
}

long sys_getresgid(struct task *t, uaddr_t rgid, uaddr_t egid, uaddr_t sgid)
{
	return put_three(t, (u32[]){t->cred->gid, t->cred->egid, t->cred->sgid},
			 (uaddr_t[]){rgid, egid, sgid});
}

long sys_setuid(struct task *t, u32 uid)
{
	return setid_uid(t, uid);
}

long sys_setgid(struct task *t, u32 gid)
{
	return setid_gid(t, gid);
}

long sys_setreuid(struct task *t, u32 ruid, u32 euid)
{
	return setid_reuid(t, ruid, euid);
}

long sys_setregid(struct task *t, u32 rgid, u32 egid)
{
	return setid_regid(t, rgid, egid);
}

long sys_setresuid(struct task *t, u32 ruid, u32 euid, u32 suid)
{
	return setid_resuid(t, ruid, euid, suid);
}

long sys_setresgid(struct task *t, u32 rgid, u32 egid, u32 sgid)
{
	return setid_resgid(t, rgid, egid, sgid);
}

long sys_setfsuid(struct task *t, u32 uid)
{
	return setid_fsuid(t, uid);
}

long sys_setfsgid(struct task *t, u32 gid)
{
	return setid_fsgid(t, gid);
}

long sys_getgroups(struct task *t, int size, uaddr_t list)
{
	const struct cred *c = t->cred;

	if (size < 0)
		return -EINVAL;
	if (size && (u32)size < c->nr_groups)
		return -EINVAL;
	if (size && copy_to_user(t, list, c->groups, c->nr_groups * sizeof(u32)))
		return -EFAULT;
	return c->nr_groups;
}

long sys_setgroups(struct task *t, int size, uaddr_t list)
{
	cleanup_free u32 *groups = NULL;
	struct cred *c;
	int err;

	if (!task_capable(t, CAP_SETGID))
		return -EPERM;
	if (size < 0 || size > NGROUPS_MAX_GUEST)
		return -EINVAL;
	groups = kcalloc((size_t)size + 1, sizeof(u32));
	if (!groups)
		return -ENOMEM;
	if (size && copy_from_user(t, groups, list, (size_t)size * sizeof(u32)))
		return -EFAULT;
	for (int i = 0; i < size; i++) {
		if (groups[i] == ID_KEEP)
			return -EINVAL;
	}
	err = cred_dup_groups(t->cred, groups, (u32)size, &c);
	if (!err)
		cred_commit_take(t, c);
	return err;
}
