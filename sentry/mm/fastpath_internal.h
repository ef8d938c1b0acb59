/*
 * What the files of the fast path share: the record of one address space.
 *
 * Locks: the arrays and what is in them change under fp->lock; all but sites
 * under mm->mmap_lock too, so who holds that reads them freely.
 */
#pragma once
#include "lib/base.h"
#include "lib/mutex.h"
#include "lib/ref.h"
#include "mm/fastpath.h"
#include "mm/internal.h"
#include "platform/patch/patch.h"

/* How often a site traps before it is patched: patching costs as much as a few traps. */
#define FASTPATH_TRAPS 3

#define FP_SITES_MAX   4096
#define FP_CHUNKS_MAX  32
#define FP_RETRIES     1000

enum fp_state { FP_FREE, FP_COUNTED, FP_PATCHED, FP_REFUSED };

/* A place that made a system call.  Never taken out: a call there may be made again. */
struct fp_site {
	uaddr_t call; /* of the syscall instruction */
	u8 state;     /* enum fp_state; FREE: an empty slot of the table */
	u8 traps;
	bool noted; /* by this process; a copy has not been there yet */
};

/* A trampoline.  Not live: its site is put back, but a thread may still be in it. */
struct fp_tramp {
	struct patch_site s;
	uaddr_t call;
	u16 chunk;   /* index */
	u16 retries; /* traps at a site that had just been put back */
	bool live;
};

/* Patched text of a file, and its trampolines; made once, then immutable. */
struct fp_image {
	struct ref ref;
	u64 off, len;    /* of the text in the file; the chunk stands behind it in memfd */
	hostfd_t memfd;  /* sealed */
	uaddr_t nominal; /* where everything below is said to be */
	struct patch_chunk chunk;
	u32 nr;
	struct fp_tramp tramps[];
};

struct fp_chunk {
	struct fp_image *image; /* counted: what it is a mapping of; NULL: anonymous */
	struct patch_chunk c;
	uaddr_t lo, hi; /* all sites that lead here, live or not */
	bool gone;      /* unmapped */
};

/* Where sites are: one box for programs, one for libraries, so that heap and stack are in none. */
struct fp_box {
	uaddr_t lo, hi; /* atomic: a box only grows */
};
#define FP_BOX(addr) ((addr) >> 46 & 1)

/* A place where a process trapped, and what stood around it. */
struct fp_place {
	uaddr_t call;
	u32 nr;
	u64 hash;
};

struct fp_kin;

struct fastpath {
	struct fp_box box[2];
	struct spinlock lock;
	bool off;           /* patch no more */
	bool barriers;      /* registered for membarrier; mmap_lock */
	uaddr_t repaired;   /* the last copy of a site that was made good; mmap_lock */
	struct fp_kin *kin; /* counted: shared with copies; NULL: there are none; mmap_lock */
	u32 kin_seen;       /* of its news; mmap_lock */
	u32 nr_sites, cap_sites;
	struct fp_site *sites; /* a hash table, linear probing */
	u32 nr_tramps, cap_tramps;
	struct fp_tramp *tramps;
	u32 nr_chunks, cap_chunks;
	struct fp_chunk *chunks;
	u32 nr_gone; /* atomic: chunks that were taken away */
};

_Static_assert(FASTPATH_CHUNK == PATCH_CHUNK, "one size");

static inline bool ranges_meet(uaddr_t a, uaddr_t a_end, uaddr_t b, uaddr_t b_end)
{
	return a < b_end && b < a_end;
}

static inline struct fastpath *fp_of(const struct mm *mm)
{
	return __atomic_load_n(&mm->fast, __ATOMIC_ACQUIRE);
}

static inline bool fp_is_off(struct fastpath *fp)
{
	bool off;

	spin_lock(&fp->lock);
	off = fp->off;
	spin_unlock(&fp->lock);
	return off;
}

/* fp_is_alone - no other thread runs in this memory */
static inline bool fp_is_alone(const struct mm *mm)
{
	return __atomic_load_n(&mm->nr_users, __ATOMIC_RELAXED) == 1;
}

/* fp_may_patch - @v is private text that nobody can write; NULL is not */
static inline bool fp_may_patch(const struct vma *v)
{
	const u32 must = VMA_READ | VMA_EXEC, mustnt = VMA_WRITE | VMA_SHARED | VMA_SPECIAL;

	return v && (v->flags & (must | mustnt)) == must;
}

/* fp_on - is there a fast path at all */
bool fp_on(void);

/* fp_get - the record of @mm, made when it is first needed; NULL: no memory */
struct fastpath *fp_get(struct mm *mm) must_check;

/* fp_is_room_locked - may a chunk stand at @base */
bool fp_is_room_locked(const struct mm *mm, const struct fastpath *fp, uaddr_t base);

struct inode;

/* fp_overlaps - does the site take bytes that the trampoline of another, live, does instead of it?
 */
bool fp_overlaps(const struct fp_tramp *tramps, u32 nr, const struct patch_plan *p);

/*
 * fp_image_of - the patched text of what is being mapped executable, counted
 *
 * Makes it when that is due.  Locks: none of LOCK_INODE and later.  NULL: there is none.
 */
struct fp_image *fp_image_of(struct inode *inode, const struct file_map *map) must_check;
struct fp_image *fp_image_get(struct fp_image *img);
void fp_image_put(struct fp_image *img);

/* fp_cache_note - a process trapped for the first time at @off of the file, with call @nr */
void fp_cache_note(const struct inode *inode, u64 off, u32 nr);

/* fp_cache_init - once, before the first program starts */
void fp_cache_init(void);

/* fp_create - an empty record; NULL: no memory */
struct fastpath *fp_create(void) must_check;

enum fp_due { FP_NOTHING, FP_NOTE, FP_PATCH };

/*
 * fp_count - one more trap at @call
 *
 * Return: NOTE the first time, PATCH when it is time to, once.  NOTHING also for
 * what is in a chunk, refused or patched, or one too many.
 */
enum fp_due fp_count(struct fastpath *fp, uaddr_t call) must_check;

/* fp_claim - @call is about to be patched, for others; false: it is, or was refused */
bool fp_claim(struct fastpath *fp, uaddr_t call) must_check;

/* fp_set_state - of a site that was counted */
void fp_set_state(struct fastpath *fp, uaddr_t call, enum fp_state state);

/*
 * fp_add_tramp_locked, fp_add_chunk_locked - at the end of the array; NULL: no memory
 *
 * Locks: mmap_lock is held; moves the arrays.
 */
struct fp_tramp *fp_add_tramp_locked(struct fastpath *fp) must_check;
struct fp_chunk *fp_add_chunk_locked(struct fastpath *fp) must_check;

/*
 * fp_to_guest, fp_to_tramp - translate an address; what needs no translation stays
 * @gone_too: chunks that were unmapped, too
 */
uaddr_t fp_to_guest(struct fastpath *fp, uaddr_t ip, bool gone_too);
uaddr_t fp_to_tramp(struct fastpath *fp, uaddr_t ip);

/* fp_widen_box - a site will be patched; fp->lock is held */
void fp_widen_box(struct fastpath *fp, uaddr_t site);

/*
 * fp_store_new - write the trampoline at @tramp and the site's jump, in the guest
 * @new_chunk: map its chunk first
 * @alone: no other thread runs in this memory
 * @prot: PROT_* of the text
 *
 * Return: 0, or why the guest's memory is as it was: -EAGAIN for bytes that were
 * not what they were read to be.
 */
int fp_store_new(struct vcpu *v, struct fastpath *fp, const struct patch_site *s, const u8 *tramp,
		 uaddr_t new_chunk, bool alone, int prot) must_check;

/*
 * fp_put_back_locked - fp_store_old() with what it has to know; mmap_lock is held
 *
 * Return: 0, or why the host did not.
 */
int fp_put_back_locked(struct mm *mm, struct fastpath *fp, struct vcpu *v,
		       const struct patch_site *s) must_check;

/* fp_store_old - the site's own bytes again */
int fp_store_old(struct vcpu *v, struct fastpath *fp, const struct patch_site *s, bool alone,
		 int prot) must_check;

/* fp_kin_get - another reference, of a new one if @kin is NULL; NULL: no memory */
struct fp_kin *fp_kin_get(struct fp_kin *kin) must_check;
void fp_kin_put(struct fp_kin *kin);

/* fp_kin_note - a process trapped there for the first time */
void fp_kin_note(struct fp_kin *kin, const struct fp_place *p);

/* fp_kin_news - a number that grows when a place becomes worth patching */
u32 fp_kin_news(const struct fp_kin *kin);

/* fp_kin_next - the next such place from *@at on */
bool fp_kin_next(struct fp_kin *kin, u32 *at, struct fp_place *ret) must_check;
