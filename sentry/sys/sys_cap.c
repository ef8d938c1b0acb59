/* capget(2), capset(2) */
#include <linux/capability.h>

#include "gen/sys_proto.h"
#include "kernel/cred.h"
#include "kernel/setid.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

typedef struct __user_cap_header_struct cap_header;
typedef struct __user_cap_data_struct cap_data;

/* How many data elements the version has; an unknown one is answered with ours. */
static int check_version(struct task *t, uaddr_t header, cap_header *ret, unsigned *ret_nr)
{
	u32 ours = _LINUX_CAPABILITY_VERSION_3;

	if (copy_from_user(t, ret, header, sizeof(*ret)))
		return -EFAULT;
	switch (ret->version) {
	case _LINUX_CAPABILITY_VERSION_1:
		*ret_nr = _LINUX_CAPABILITY_U32S_1;
		return 0;
	case _LINUX_CAPABILITY_VERSION_2:
	case _LINUX_CAPABILITY_VERSION_3:
		*ret_nr = _LINUX_CAPABILITY_U32S_3;
		return 0;
	default:
		return put_user(t, ours, header + offsetof(cap_header, version)) ? -EFAULT
										 : -EINVAL;
	}
}

static int cred_of(struct task *t, pid_t pid, struct cred **ret)
{
	cleanup_task struct task *other = NULL;

	if (pid < 0)
		return -EINVAL;
	other = pid ? task_find_get(pid) : task_get(t);
	if (!other)
		return -ESRCH;
	*ret = task_cred_get(other);
	return 0;
}

long sys_capget(struct task *t, uaddr_t header, uaddr_t dataptr)
{
	cleanup_cred struct cred *c = NULL;
	cap_data d[2];
	cap_header h;
	unsigned nr;
	int err;

	err = check_version(t, header, &h, &nr);
	/* Without data it is a question for the version. */
	if (!dataptr && (!err || err == -EINVAL))
		return 0;
	if (!err)
		err = cred_of(t, h.pid, &c);
	if (err)
		return err;
	for (unsigned i = 0; i < 2; i++) {
		d[i].effective = (u32)(c->cap_effective >> (32 * i));
		d[i].permitted = (u32)(c->cap_permitted >> (32 * i));
		d[i].inheritable = (u32)(c->cap_inheritable >> (32 * i));
	}
	return copy_to_user(t, dataptr, d, nr * sizeof(d[0]));
}

static bool may_set(const struct cred *old, u64 effective, u64 permitted, u64 inheritable)
{
	if (!cred_capable(old, CAP_SETPCAP) &&
	    (inheritable & ~(old->cap_inheritable | old->cap_permitted)))
		return false;
	return !(inheritable & ~(old->cap_inheritable | old->cap_bset)) &&
	       !(permitted & ~old->cap_permitted) && !(effective & ~permitted);
}

long sys_capset(struct task *t, uaddr_t header, uaddr_t data)
{
	cap_data d[2] = {0};
	struct cred *c;
	cap_header h;
	unsigned nr;
	int err;

	err = check_version(t, header, &h, &nr);
	if (err)
		return err;
	if (h.pid && h.pid != task_tid(t))
		return -EPERM;
	if (copy_from_user(t, d, data, nr * sizeof(d[0])))
		return -EFAULT;
	err = cred_dup(t->cred, &c);
	if (err)
		return err;
	c->cap_effective = ((u64)d[1].effective << 32 | d[0].effective) & CAP_FULL_SET;
	c->cap_permitted = ((u64)d[1].permitted << 32 | d[0].permitted) & CAP_FULL_SET;
	c->cap_inheritable = ((u64)d[1].inheritable << 32 | d[0].inheritable) & CAP_FULL_SET;
	c->cap_ambient &= c->cap_permitted & c->cap_inheritable;
	if (!may_set(t->cred, c->cap_effective, c->cap_permitted, c->cap_inheritable)) {
		cred_put(c);
		return -EPERM;
	}
	cred_commit_take(t, c);
	return 0;
}
