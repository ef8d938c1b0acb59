/*
 * What the files of mm/ share: accounting, limits, and host calls made inside
 * the guest's address space.
 *
 * _locked: mm->mmap_lock is held.
 */
#pragma once
#include "lib/base.h"
#include "mm/mm.h"
#include "mm/vma.h"
#include "platform/platform.h"

#define MAX_MAP_COUNT 65530
#define MMAP_MIN_ADDR 65536ul
#define HUGE_SIZE     (2ul << 20)

static inline u64 to_pages(u64 len)
{
	return len >> PAGE_SHIFT;
}

/* mm_range_ok - does [addr, addr + len) lie in what the guest may map */
static inline bool mm_range_ok(uaddr_t addr, u64 len)
{
	uaddr_t end = platform_info()->user_end;

	return len <= end && addr <= end - len;
}

/* mm_account_locked - @pages more (or fewer) of a mapping with @flags */
void mm_account_locked(struct mm *mm, u32 flags, s64 pages);

/* mm_may_expand_locked - RLIMIT_AS and RLIMIT_DATA */
bool mm_may_expand_locked(struct task *t, struct mm *mm, u32 flags, u64 pages);

/* mm_can_mlock - 0, or -EPERM when RLIMIT_MEMLOCK is 0 and CAP_IPC_LOCK missing */
int mm_can_mlock(struct task *t) must_check;

/* mm_mlock_fits_locked - RLIMIT_MEMLOCK would allow @pages more */
bool mm_mlock_fits_locked(struct task *t, struct mm *mm, u64 pages);

/* mm_clear_range_locked - take [start, end) out of tree and accounts */
void mm_clear_range_locked(struct mm *mm, struct vma_edit *e, uaddr_t start, uaddr_t end);

/* mm_is_sealed_locked - does mseal(2) forbid to take away or change something of the range */
bool mm_is_sealed_locked(const struct mm *mm, uaddr_t start, uaddr_t end);

/* mm_host1 - one host call inside @v's address space; its result, or -errno */
long mm_host1(struct vcpu *v, long nr, u64 a0, u64 a1, u64 a2, u64 a3) must_check;

/*
 * mm_host_last - make host calls that are the last doing of a system call: now, or when it returns
 * @undo: what to do if the host refuses them then
 *
 * Locks: mmap_lock is held.  Return: 0, or what the host said now.
 */
int mm_host_last_locked(struct mm *mm, struct vcpu *v, struct host_op *ops, size_t n,
			const struct mm_undo *undo) must_check;

/*
 * mm_lock_range - lock mmap_lock, for a change of [start, end) or of what is mapped there
 * mm_lock_all - for a change that may concern any of it
 * mm_await_locked - wait until nobody else has put off anything there; true: mmap_lock was
 *                   dropped for it, and what was found out before may not hold
 *
 * What others have put off there is done, and stays so while the lock is held.
 */
void mm_lock_range(struct mm *mm, uaddr_t start, uaddr_t end) ACQUIRES(mm->mmap_lock);
void mm_lock_all(struct mm *mm) ACQUIRES(mm->mmap_lock);
bool mm_await_locked(struct mm *mm, uaddr_t start, uaddr_t end) must_check REQUIRES(mm->mmap_lock);

/* mm_apply_flags_locked - of [start, end), which lies in one mapping; needs two spares */
void mm_apply_flags_locked(struct mm *mm, struct vma_edit *e, uaddr_t start, uaddr_t end,
			   u32 flags);

/* mm_anon_op - map private anonymous memory where nothing is; VMA_* flags say how */
struct host_op mm_anon_op(uaddr_t start, size_t len, u32 flags);

/* mm_host_anon - make the host do that; 0 or -errno */
int mm_host_anon(struct vcpu *v, uaddr_t start, size_t len, u32 flags) must_check;

/* mm_find_room_locked - an address for @len bytes as Linux would choose; -ENOMEM */
int mm_find_room_locked(struct mm *mm, uaddr_t hint, size_t len, int flags, uaddr_t *ret)
	must_check;

/* mm_new_object - an identity for shared anonymous memory; never given out twice */
u64 mm_new_object(void);

/*
 * A change of flags over a range, mapping by mapping, as mprotect, mlock and
 * madvise make it.
 */
struct flag_change {
	struct task *t;
	struct mm *mm;
	struct vcpu *v;
	bool skip_holes; /* go on behind a hole, and say -ENOMEM at the end */
	bool lenient;    /* the host's -ENOMEM for pages nobody may touch counts as done */
	bool last;       /* of a system call that does nothing after it */
	u32 set, clear;

	/*
	 * May @vma become @new_flags, and what is the host to do for [start, end)
	 * of it?  NULL: no question and nothing to do.  Return: 0 do @op, 1 only
	 * the flags, 2 skip, -errno stop.
	 */
	int (*piece)(const struct flag_change *c, const struct vma *vma, uaddr_t start, uaddr_t end,
		     u32 *new_flags, struct host_op *op);
	int prot;   /* mprotect's */
	int advice; /* madvise's */
};

/* mm_change_flags_locked - 0, -ENOMEM for a hole, or what piece and host say; needs two spares */
int mm_change_flags_locked(const struct flag_change *c, struct vma_edit *e, uaddr_t start,
			   uaddr_t end) must_check;
