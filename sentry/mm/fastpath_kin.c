/*
 * What children trapped at, for the parent that goes on forking.
 *
 * A shell's children call where their parent never does (exit_group, execve, setpgid...),
 * are copies of its memory, and are gone before a site of theirs is worth patching. So
 * all copies of one memory share a list of such places, and what two of them came by
 * is patched in the parent before it forks again: its children have it from birth.
 *
 * The bytes around a place are remembered by their hash: a child may have put other code
 * there.
 *
 * Locks: kin->lock; nothing is taken within it.
 */
#include "lib/alloc.h"
#include "mm/fastpath_internal.h"

#define KIN_SITES 64
#define PROCESSES 2 /* that come by before a site is worth it */

struct kin_site {
	struct fp_place place;
	u32 processes;
};

struct fp_kin {
	struct ref ref;
	struct spinlock lock;
	u32 news; /* atomic, written under lock: counts the places that became worth it */
	u32 nr;
	struct kin_site sites[KIN_SITES];
};

struct fp_kin *fp_kin_get(struct fp_kin *kin)
{
	if (kin) {
		ref_get(&kin->ref);
		return kin;
	}
	kin = kzalloc(sizeof(*kin));
	if (kin) {
		ref_init(&kin->ref);
		spin_init(&kin->lock);
	}
	return kin;
}

void fp_kin_put(struct fp_kin *kin)
{
	if (kin && ref_put(&kin->ref))
		kfree(kin);
}

static struct kin_site *find_locked(struct fp_kin *kin, const struct fp_place *p)
	REQUIRES(kin->lock)
{
	for (u32 i = 0; i < kin->nr; i++)
		if (kin->sites[i].place.call == p->call)
			return &kin->sites[i];
	return NULL;
}

void fp_kin_note(struct fp_kin *kin, const struct fp_place *p)
{
	struct kin_site *s;

	spin_lock(&kin->lock);
	s = find_locked(kin, p);
	if (!s && kin->nr < KIN_SITES) {
		s = &kin->sites[kin->nr++];
		*s = (struct kin_site){.place = *p};
	}
	if (s && (s->place.hash != p->hash || s->place.nr != p->nr))
		*s = (struct kin_site){.place = *p};
	if (s && ++s->processes == PROCESSES)
		__atomic_store_n(&kin->news, kin->news + 1, __ATOMIC_RELAXED);
	spin_unlock(&kin->lock);
}

u32 fp_kin_news(const struct fp_kin *kin)
{
	return __atomic_load_n(&kin->news, __ATOMIC_RELAXED);
}

bool fp_kin_next(struct fp_kin *kin, u32 *at, struct fp_place *ret)
{
	bool found = false;

	spin_lock(&kin->lock);
	for (; *at < kin->nr && !found; ++*at) {
		found = kin->sites[*at].processes >= PROCESSES;
		*ret = kin->sites[*at].place;
	}
	spin_unlock(&kin->lock);
	return found;
}
