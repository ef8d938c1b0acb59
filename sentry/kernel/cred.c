/* Credentials (cred.h): made, copied, counted. */
#include "kernel/cred.h"

#include "lib/alloc.h"

static struct cred *cred_alloc(u32 nr_groups)
{
	return kzalloc(sizeof(struct cred) + nr_groups * sizeof(u32));
}

static int cmp_gid(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

static void set_groups(struct cred *c, const u32 *groups, u32 nr)
{
	c->nr_groups = nr;
	if (nr) {
		memcpy(c->groups, groups, nr * sizeof(u32));
		qsort(c->groups, nr, sizeof(u32), cmp_gid);
	}
}

int cred_create(u32 uid, u32 gid, const u32 *groups, u32 nr_groups, u64 caps, struct cred **ret)
{
	struct cred *c = cred_alloc(nr_groups);

	if (!c)
		return -ENOMEM;
	ref_init(&c->ref);
	c->uid = c->euid = c->suid = c->fsuid = uid;
	c->gid = c->egid = c->sgid = c->fsgid = gid;
	c->cap_bset = caps & CAP_FULL_SET;
	if (uid == 0)
		c->cap_permitted = c->cap_effective = c->cap_bset;
	set_groups(c, groups, nr_groups);
	*ret = c;
	return 0;
}

int cred_dup_groups(const struct cred *old, const u32 *groups, u32 nr_groups, struct cred **ret)
{
	struct cred *c = cred_alloc(nr_groups);

	if (!c)
		return -ENOMEM;
	memcpy(c, old, sizeof(*c));
	ref_init(&c->ref);
	set_groups(c, groups, nr_groups);
	*ret = c;
	return 0;
}

int cred_dup(const struct cred *old, struct cred **ret)
{
	return cred_dup_groups(old, old->groups, old->nr_groups, ret);
}

struct cred *cred_get(const struct cred *c)
{
	struct cred *m = (struct cred *)(uintptr_t)c;

	ref_get(&m->ref);
	return m;
}

void cred_put(struct cred *c)
{
	if (ref_put(&c->ref))
		kfree(c);
}

static bool in_groups(const struct cred *c, u32 gid)
{
	return c->nr_groups && bsearch(&gid, c->groups, c->nr_groups, sizeof(u32), cmp_gid);
}

bool cred_in_group(const struct cred *c, u32 gid)
{
	return c->fsgid == gid || in_groups(c, gid);
}

bool cred_in_egroup(const struct cred *c, u32 gid)
{
	return c->egid == gid || in_groups(c, gid);
}
