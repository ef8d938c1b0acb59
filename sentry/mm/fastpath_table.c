/*
 * What is patched in an address space: sites, trampolines, chunks (fastpath_internal.h).
 *
 * Locks: fp->lock for every access here.
 */
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/fastpath_internal.h"
#include "mm/mm.h"

#define SITES_MIN 64

struct fastpath *fp_create(void)
{
	struct fastpath *fp = kzalloc(sizeof(*fp));

	if (!fp)
		return NULL;
	spin_init(&fp->lock);
	fp->sites = kcalloc(SITES_MIN, sizeof(*fp->sites));
	if (!fp->sites) {
		kfree(fp);
		return NULL;
	}
	fp->cap_sites = SITES_MIN;
	fp->barriers = platform_info()->barriers;
	return fp;
}

void fastpath_free(struct fastpath *fp)
{
	if (!fp)
		return;
	for (u32 i = 0; i < fp->nr_chunks; i++)
		fp_image_put(fp->chunks[i].image);
	fp_kin_put(fp->kin);
	kfree(fp->sites);
	kfree(fp->tramps);
	kfree(fp->chunks);
	kfree(fp);
}

static struct fp_site *copy_sites(const struct fastpath *old)
{
	struct fp_site *sites = kmemdup(old->sites, old->cap_sites * sizeof(*old->sites));

	for (u32 i = 0; sites && i < old->cap_sites; i++)
		sites[i].noted = false;
	return sites;
}

static struct fastpath *copy(const struct fastpath *old)
{
	struct fastpath *fp = kzalloc(sizeof(*fp));

	if (!fp)
		return NULL;
	spin_init(&fp->lock);
	memcpy(fp->box, old->box, sizeof(fp->box));
	fp->off = old->off;
	fp->barriers = platform_info()->barriers;
	fp->nr_sites = old->nr_sites;
	fp->cap_sites = old->cap_sites;
	fp->nr_tramps = fp->cap_tramps = old->nr_tramps;
	fp->nr_chunks = fp->cap_chunks = old->nr_chunks;
	fp->nr_gone = __atomic_load_n(&old->nr_gone, __ATOMIC_RELAXED);
	fp->sites = copy_sites(old);
	fp->tramps = NULL;
	fp->chunks = NULL;
	if (fp->sites && old->nr_tramps)
		fp->tramps = kmemdup(old->tramps, old->nr_tramps * sizeof(*old->tramps));
	if (fp->sites && old->nr_chunks)
		fp->chunks = kmemdup(old->chunks, old->nr_chunks * sizeof(*old->chunks));
	if (!fp->chunks)
		fp->nr_chunks = 0;
	for (u32 i = 0; i < fp->nr_chunks; i++)
		if (fp->chunks[i].image)
			fp_image_get(fp->chunks[i].image);
	if (fp->sites && !!fp->tramps == !!old->nr_tramps && !!fp->chunks == !!old->nr_chunks)
		return fp;
	fastpath_free(fp);
	return NULL;
}

int fastpath_fork(struct mm *mm, const struct mm *old)
{
	struct fastpath *fp = __atomic_load_n(&old->fast, __ATOMIC_ACQUIRE);

	if (!fp)
		return 0;
	if (!fp->kin)
		fp->kin = fp_kin_get(NULL);
	if (!fp->kin)
		return -ENOMEM;
	/* Sites are counted without mmap_lock: their table may not move meanwhile. */
	spin_lock(&fp->lock);
	mm->fast = copy(fp);
	spin_unlock(&fp->lock);
	if (!mm->fast)
		return -ENOMEM;
	mm->fast->kin = fp_kin_get(fp->kin);
	mm->fast->kin_seen = fp->kin_seen;
	return 0;
}

bool fp_overlaps(const struct fp_tramp *tramps, u32 nr, const struct patch_plan *p)
{
	uaddr_t end = p->site + max((u8)PATCH_JUMP, p->cover);

	for (u32 i = 0; i < nr; i++) {
		const struct patch_site *s = &tramps[i].s;
		uaddr_t stop = s->site + max((u8)PATCH_JUMP, s->map[s->nr_map - 1].orig);

		if (tramps[i].live && ranges_meet(s->site, stop, p->site, end))
			return true;
	}
	return false;
}

/* Where @call is in the table, or where it would stand. */
static struct fp_site *slot_of(struct fp_site *sites, u32 cap, uaddr_t call)
{
	u32 i = (u32)((call * 0x9e3779b97f4a7c15ull) >> 32) & (cap - 1);

	while (sites[i].state != FP_FREE && sites[i].call != call)
		i = (i + 1) & (cap - 1);
	return &sites[i];
}

static bool in_chunk(const struct fastpath *fp, uaddr_t ip, bool gone_too)
{
	for (u32 i = 0; i < fp->nr_chunks; i++)
		if (ip - fp->chunks[i].c.base < PATCH_CHUNK && (gone_too || !fp->chunks[i].gone))
			return true;
	return false;
}

/* A table of twice the size; the lock is dropped for the allocation. */
static bool grow_sites(struct fastpath *fp) NO_TSA
{
	u32 cap = fp->cap_sites;
	struct fp_site *sites, *old = NULL;

	spin_unlock(&fp->lock);
	sites = kcalloc(cap * 2, sizeof(*sites));
	spin_lock(&fp->lock);
	if (sites && fp->cap_sites == cap) {
		for (u32 i = 0; i < cap; i++)
			if (fp->sites[i].state != FP_FREE)
				*slot_of(sites, cap * 2, fp->sites[i].call) = fp->sites[i];
		old = fp->sites;
		fp->sites = sites;
		fp->cap_sites = cap * 2;
	} else {
		old = sites;
	}
	spin_unlock(&fp->lock);
	kfree(old);
	spin_lock(&fp->lock);
	return fp->nr_sites * 4 < fp->cap_sites * 3;
}

/* The record of @call, made if it is a site at all. */
static struct fp_site *enter_site(struct fastpath *fp, uaddr_t call) REQUIRES(fp->lock)
{
	struct fp_site *s = slot_of(fp->sites, fp->cap_sites, call);

	if (s->state != FP_FREE || in_chunk(fp, call, false) || fp->nr_sites >= FP_SITES_MAX)
		return s;
	if (fp->nr_sites * 4 >= fp->cap_sites * 3 && !grow_sites(fp))
		return s;
	s = slot_of(fp->sites, fp->cap_sites, call);
	if (s->state == FP_FREE) {
		*s = (struct fp_site){.call = call, .state = FP_COUNTED};
		fp->nr_sites++;
	}
	return s;
}

enum fp_due fp_count(struct fastpath *fp, uaddr_t call)
{
	enum fp_due due = FP_NOTHING;
	struct fp_site *s;

	spin_lock(&fp->lock);
	s = enter_site(fp, call);
	if (s->state == FP_COUNTED && !s->noted) {
		s->noted = true;
		due = FP_NOTE;
	}
	if (s->state == FP_COUNTED && !fp->off && ++s->traps >= FASTPATH_TRAPS) {
		/* Whoever patches it says how that went. */
		s->state = FP_REFUSED;
		due = FP_PATCH;
	}
	spin_unlock(&fp->lock);
	return due;
}

bool fp_claim(struct fastpath *fp, uaddr_t call)
{
	struct fp_site *s;
	bool ok;

	spin_lock(&fp->lock);
	s = enter_site(fp, call);
	ok = s->state == FP_COUNTED;
	if (ok)
		s->state = FP_REFUSED;
	spin_unlock(&fp->lock);
	return ok;
}

void fp_set_state(struct fastpath *fp, uaddr_t call, enum fp_state state)
{
	struct fp_site *s;

	spin_lock(&fp->lock);
	s = slot_of(fp->sites, fp->cap_sites, call);
	if (s->state != FP_FREE) {
		s->state = (u8)state;
		s->traps = 0;
	}
	spin_unlock(&fp->lock);
}

struct fp_tramp *fp_add_tramp_locked(struct fastpath *fp)
{
	u32 cap = max(fp->cap_tramps * 2, 16u);
	struct fp_tramp *new, *old;

	if (fp->nr_tramps == fp->cap_tramps) {
		new = kcalloc(cap, sizeof(*new));
		if (!new)
			return NULL;
		if (fp->nr_tramps)
			memcpy(new, fp->tramps, fp->nr_tramps * sizeof(*new));
		spin_lock(&fp->lock);
		old = fp->tramps;
		fp->tramps = new;
		fp->cap_tramps = cap;
		spin_unlock(&fp->lock);
		kfree(old);
	}
	return &fp->tramps[fp->nr_tramps];
}

struct fp_chunk *fp_add_chunk_locked(struct fastpath *fp)
{
	u32 cap = fp->cap_chunks + 2;
	struct fp_chunk *new, *old;

	if (fp->nr_chunks == fp->cap_chunks) {
		new = kcalloc(cap, sizeof(*new));
		if (!new)
			return NULL;
		if (fp->nr_chunks)
			memcpy(new, fp->chunks, fp->nr_chunks * sizeof(*new));
		spin_lock(&fp->lock);
		old = fp->chunks;
		fp->chunks = new;
		fp->cap_chunks = cap;
		spin_unlock(&fp->lock);
		kfree(old);
	}
	return &fp->chunks[fp->nr_chunks];
}

uaddr_t fp_to_guest(struct fastpath *fp, uaddr_t ip, bool gone_too)
{
	spin_lock(&fp->lock);
	if (in_chunk(fp, ip, gone_too)) {
		/* The newest: older ones may have stood in a chunk that is gone. */
		for (u32 i = fp->nr_tramps; i-- > 0;) {
			if (patch_in_tramp(&fp->tramps[i].s, ip)) {
				ip = patch_to_guest(&fp->tramps[i].s, ip);
				break;
			}
		}
	}
	spin_unlock(&fp->lock);
	return ip;
}

static bool in_text(const struct fastpath *fp, uaddr_t addr, size_t size)
{
	for (u32 i = 0; i < fp->nr_chunks; i++)
		if (ranges_meet(fp->chunks[i].lo, fp->chunks[i].hi, addr, addr + size))
			return true;
	return false;
}

uaddr_t fp_to_tramp(struct fastpath *fp, uaddr_t ip)
{
	spin_lock(&fp->lock);
	for (u32 i = 0; in_text(fp, ip, 1) && i < fp->nr_tramps; i++) {
		uaddr_t to;

		if (fp->tramps[i].live && patch_to_tramp(&fp->tramps[i].s, ip, &to)) {
			ip = to;
			break;
		}
	}
	spin_unlock(&fp->lock);
	return ip;
}

static bool in_box(const struct fastpath *fp, uaddr_t addr, size_t size)
{
	for (unsigned i = 0; i < ARRAY_SIZE(fp->box); i++)
		if (ranges_meet(__atomic_load_n(&fp->box[i].lo, __ATOMIC_RELAXED),
				__atomic_load_n(&fp->box[i].hi, __ATOMIC_RELAXED), addr,
				addr + size))
			return true;
	return false;
}

void fp_widen_box(struct fastpath *fp, uaddr_t site)
{
	struct fp_box *b = &fp->box[FP_BOX(site)];
	uaddr_t lo = b->hi ? min(b->lo, site) : site;

	__atomic_store_n(&b->lo, lo, __ATOMIC_RELAXED);
	__atomic_store_n(&b->hi, max(b->hi, site + PATCH_JUMP), __ATOMIC_RELAXED);
}

void fastpath_hide_slow(struct fastpath *fp, void *buf, uaddr_t addr, size_t size)
{
	u8 *bytes = buf;

	if (likely(!in_box(fp, addr, size)))
		return;
	spin_lock(&fp->lock);
	for (u32 i = 0; in_text(fp, addr, size) && i < fp->nr_tramps; i++) {
		const struct patch_site *s = &fp->tramps[i].s;

		if (!fp->tramps[i].live ||
		    !ranges_meet(s->site, s->site + PATCH_JUMP, addr, addr + size))
			continue;
		for (unsigned k = 0; k < PATCH_JUMP; k++)
			if (s->site + k - addr < size)
				bytes[s->site + k - addr] = s->orig[k];
	}
	spin_unlock(&fp->lock);
}
