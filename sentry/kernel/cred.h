/*
 * Credentials: who a task is.  Immutable once published; a change makes a new
 * one and replaces the task's pointer (cred_replace).
 */
#pragma once
#include <linux/capability.h>

#include "lib/base.h"
#include "lib/ref.h"

#define NGROUPS_MAX_GUEST 65536
#define CAP_FULL_SET      ((1ull << (CAP_LAST_CAP + 1)) - 1)

struct cred {
	struct ref ref;
	u32 uid, euid, suid, fsuid;
	u32 gid, egid, sgid, fsgid;
	u64 cap_inheritable, cap_permitted, cap_effective, cap_bset, cap_ambient;
	u32 securebits;
	u32 nr_groups;
	u32 groups[]; /* sorted */
};

/*
 * cred_create - credentials of a first process
 *
 * uid 0 gets every capability of @caps, others none.
 * Return: 0 or -ENOMEM.
 */
int cred_create(u32 uid, u32 gid, const u32 *groups, u32 nr_groups, u64 caps, struct cred **ret)
	must_check;

/* cred_dup - a private copy to change before it is published; @nr_groups as in @old */
int cred_dup(const struct cred *old, struct cred **ret) must_check;

/* cred_dup_groups - a copy with other supplementary groups; sorts them */
int cred_dup_groups(const struct cred *old, const u32 *groups, u32 nr_groups, struct cred **ret)
	must_check;

struct cred *cred_get(const struct cred *c);
void cred_put(struct cred *c);

static inline bool cred_capable(const struct cred *c, int cap)
{
	return c->cap_effective & (1ull << cap);
}

/* cred_in_group - is @gid the fsgid or one of the supplementary groups */
bool cred_in_group(const struct cred *c, u32 gid);

/* cred_in_egroup - as above with the egid in place of the fsgid */
bool cred_in_egroup(const struct cred *c, u32 gid);

static inline void cred_put_cleanup(struct cred **c)
{
	if (*c)
		cred_put(*c);
}

#define cleanup_cred __attribute__((cleanup(cred_put_cleanup)))
