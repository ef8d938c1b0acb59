/*
 * The end of a thread that holds futexes: the robust list, and PI futexes.
 *
 * The list is the guest's memory: it may be circular, endless, unmapped, and
 * may change under us.  It is walked a bounded number of steps, and every fault
 * ends it in silence, as on Linux.
 */
#include <linux/futex.h>

#include "kernel/futex_internal.h"
#include "mm/uaccess.h"

/* struct robust_list_head of Linux's uapi, with addresses as integers. */
struct robust_head {
	u64 next;
	s64 futex_offset;
	u64 pending;
};

/* The lowest bit of a list entry says that the futex is a PI one. */
#define ENTRY_PI 1ull

/* One futex of the list: if it is @t's, mark it and wake somebody.  0, or stop. */
static int futex_died(struct task *t, uaddr_t addr, bool pi, bool pending)
{
	struct futex_ref ref;
	u32 val, prev, fresh;

	if (futex_ref_init(&ref, t, addr, true) || futex_load(&ref, &val))
		return -EFAULT;
	/* Unlocked, but killed before the wake-up: a waiter may wait for that. */
	if (pending && !pi && !val) {
		(void)futex_wake_key(&ref.key, 1, FUTEX_BITSET_ANY);
		return 0;
	}
	for (;;) {
		if ((val & FUTEX_TID_MASK) != (u32)task_tid(t))
			return 0;
		fresh = (val & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
		if (futex_cmpxchg(&ref, val, fresh, &prev))
			return -EFAULT;
		if (prev == val)
			break;
		val = prev;
	}
	if (!pi && (val & FUTEX_WAITERS))
		(void)futex_wake_key(&ref.key, 1, FUTEX_BITSET_ANY);
	return 0;
}

static uaddr_t entry_addr(u64 entry)
{
	return entry & ~ENTRY_PI;
}

static void walk_robust_list(struct task *t)
{
	const uaddr_t head = t->robust_list;
	struct robust_head h;
	u64 entry;

	if (copy_from_user(t, &h, head, sizeof(h)))
		return;
	entry = h.next;
	for (int i = 0; entry_addr(entry) != head && i < ROBUST_LIST_LIMIT; i++) {
		u64 next;
		bool fault = copy_from_user(t, &next, entry_addr(entry), sizeof(next));

		/* The pending one is done below, once. */
		if (entry != h.pending &&
		    futex_died(t, entry_addr(entry) + (u64)h.futex_offset, entry & ENTRY_PI, false))
			return;
		if (fault)
			return;
		entry = next;
	}
	if (entry_addr(h.pending))
		(void)futex_died(t, entry_addr(h.pending) + (u64)h.futex_offset,
				 h.pending & ENTRY_PI, true);
}

void futex_exit(struct task *t)
{
	if (t->robust_list)
		walk_robust_list(t);
	__atomic_store_n(&t->robust_list, 0, __ATOMIC_RELAXED);
	futex_pi_exit(t);
	/* A program that execs lives on with the same number. */
	if (!t->exiting)
		__atomic_store_n(&t->futex_dead, false, __ATOMIC_RELEASE);
}
