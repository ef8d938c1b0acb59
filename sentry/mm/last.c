/*
 * The last doing of mmap, munmap, mprotect and brk: carried out by the host when
 * the call returns, together with its answer (vcpu_last_ops()).
 *
 * If the host refuses after all, the tree becomes what it was, but for two cases: what a
 * mapping was to replace is gone, as on Linux; and memory that the host does not give
 * up costs the guest its process.  The latter is not put off where the host would have to
 * split one mapping into two, which is the only reason it has.
 *
 * Between the answer and the doing the tree says what is not yet.  The guest cannot tell,
 * for its call has not returned; but who else changes the same range has to come
 * behind, or memory that is given up would be given away before, and the order to
 * give it up would meet its new owner:
 *
 *	A: munmap(R)  tree: R is free, entry, answer        stub: munmap(R)
 *	B: mmap()              R is room; A's entry: waits .............. done: mmap(R)
 *
 * So who changes memory takes mmap_lock through mm_lock_range() and its kin.  They look
 * whether somebody has an entry there (mm->late), and if his stub does not say that
 * it is through, have him stop.  A task's own entry is done whenever it calls again.
 *
 * Where others run in the memory, nothing is put off that maps a file: what the host is
 * told then depends on what the platform keeps for the process (notify/keep.c), which others
 * may change.  And nothing while the host limits its size, for it counts later than we do.
 *
 * Locks: mm->mmap_lock guards the entries; an entry's task is alive while it stands there.
 */
#include <sys/syscall.h>

#include "kernel/task.h"
#include "kernel/trace.h"
#include "lib/cycles.h"
#include "lib/log.h"
#include "lib/park.h"
#include "mm/fastpath.h"
#include "mm/internal.h"
#include "platform/last.h"

/* What takes the host longer has kicks wait. */
#define LAST_MAX (256ul << 20)

/* The host counts mappings as we do, and a few of the platform's. */
#define FEW_MAPPINGS (MAX_MAP_COUNT / 2)

/* How often a stub that is through in a moment is looked at before it is stopped. */
#define LOOKS 100

static struct task *self(void)
{
	return park_self()->owner;
}

/* The caller's entry, or a free one; NULL: there are too many. */
static struct mm_late *entry_locked(struct mm *mm)
{
	for (u32 i = 0; i < mm->nr_late; i++)
		if (mm->late[i].task == self())
			return &mm->late[i];
	return mm->nr_late < MM_LATE_MAX ? &mm->late[mm->nr_late++] : NULL;
}

static void drop_entry_locked(struct mm *mm, struct mm_late *l)
{
	*l = mm->late[--mm->nr_late];
}

static bool maps_file(const struct host_op *ops, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (hostfd_valid(ops[i].fd))
			return true;
	return false;
}

static bool may_put_off(const struct mm *mm, const struct host_op *ops, size_t n,
			const struct mm_undo *undo)
{
	u32 users = __atomic_load_n(&mm->nr_users, __ATOMIC_RELAXED);

	if (!undo || undo->end - undo->start > LAST_MAX || mm->vmas->nr >= FEW_MAPPINGS ||
	    trace_is_on())
		return false;
	return users == 1 || (users > 1 && !maps_file(ops, n) &&
			      task_rlimit(self(), RLIMIT_AS) == RLIM64_INFINITY);
}

int mm_host_last_locked(struct mm *mm, struct vcpu *v, struct host_op *ops, size_t n,
			const struct mm_undo *undo)
{
	struct mm_late *l = may_put_off(mm, ops, n, undo) ? entry_locked(mm) : NULL;

	if (l) {
		*l = (struct mm_late){.task = self(), .undo = *undo};
		if (vcpu_last_ops(v, ops, n))
			return 0;
		drop_entry_locked(mm, l);
	}
	return vcpu_host_ops(v, ops, n);
}

/* Somebody else's entry that meets the range and is not done; those that are, go. */
static struct mm_late *meets_locked(struct mm *mm, uaddr_t start, uaddr_t end)
{
	for (u32 i = 0; i < mm->nr_late;) {
		struct mm_late *l = &mm->late[i];

		if (l->task == self() || l->undo.start >= end || l->undo.end <= start)
			i++;
		else if (task_memory_is_settled(l->task, false))
			drop_entry_locked(mm, l);
		else
			return l;
	}
	return NULL;
}

/* The task of @l may die when the lock is dropped, so it is told before. */
static void await_one_locked(struct mm *mm, const struct mm_late *l) REQUIRES(mm->mmap_lock)
{
	struct waitq_entry e;

	for (unsigned i = 0; i < LOOKS; i++) {
		if (task_memory_is_settled(l->task, false))
			return;
		cpu_relax();
	}
	waitq_entry_init(&e, 0);
	waitq_add(&mm->late_wq, &e);
	if (!task_memory_is_settled(l->task, true)) {
		mutex_unlock(&mm->mmap_lock);
		park(PARK_FOREVER);
		mutex_lock(&mm->mmap_lock);
	}
	waitq_remove(&mm->late_wq, &e);
}

bool mm_await_locked(struct mm *mm, uaddr_t start, uaddr_t end)
{
	struct mm_late *l = mm->nr_late ? meets_locked(mm, start, end) : NULL;

	if (!l)
		return false;
	do
		await_one_locked(mm, l);
	while ((l = meets_locked(mm, start, end)));
	return true;
}

void mm_lock_range(struct mm *mm, uaddr_t start, uaddr_t end)
{
	mutex_lock(&mm->mmap_lock);
	(void)!mm_await_locked(mm, start, end);
}

void mm_lock_all(struct mm *mm)
{
	mm_lock_range(mm, 0, UINT64_MAX);
}

/* Whoever waits for @t looks again. */
static void tell(struct mm *mm, struct task *t)
{
	__atomic_store_n(&t->settling, false, __ATOMIC_SEQ_CST);
	waitq_wake_all(&mm->late_wq);
}

void mm_settled(struct task *t)
{
	if (t->mm)
		tell(t->mm, t);
}

/* Of @t: what it was for; nothing if there is none, which is no entry's. */
static struct mm_undo take_entry_locked(struct mm *mm, const struct task *t)
{
	struct mm_undo undo = {0};

	for (u32 i = 0; i < mm->nr_late; i++) {
		if (mm->late[i].task == t) {
			undo = mm->late[i].undo;
			drop_entry_locked(mm, &mm->late[i]);
			break;
		}
	}
	return undo;
}

void mm_leave(struct task *t)
{
	struct mm *mm = t->mm;
	bool shared = __atomic_load_n(&mm->nr_users, __ATOMIC_RELAXED) > 1;
	int err = shared && t->vcpu ? vcpu_last_ops_now(t->vcpu) : 0;

	/* With its host process the memory is gone as well. */
	if (err && err != -ESRCH)
		(void)mm_refused(mm, t->vcpu, err);
	mutex_lock(&mm->mmap_lock);
	(void)take_entry_locked(mm, t);
	mutex_unlock(&mm->mmap_lock);
	tell(mm, t);
}

static int undo_map_locked(struct mm *mm, struct vcpu *v, struct vma_edit *e,
			   const struct mm_undo *u)
{
	int err;

	if (u->image)
		fastpath_leave_locked(mm, v);
	err = (int)mm_host1(v, SYS_munmap, u->start, u->end - u->start, 0, 0);
	if (!err)
		mm_clear_range_locked(mm, e, u->start, u->end);
	return err;
}

static int undo_locked(struct mm *mm, struct vcpu *v, struct vma_edit *e, const struct mm_undo *u)
{
	switch (u->kind) {
	case UNDO_NOTHING:
		return 0;
	case UNDO_MAP:
		return undo_map_locked(mm, v, e, u);
	case UNDO_FLAGS:
		mm_apply_flags_locked(mm, e, u->start, u->end, u->flags);
		vma_merge_range(mm->vmas, e, u->start, u->end);
		return 0;
	case UNDO_UNMAP:
		break;
	}
	return -ENOMEM;
}

long mm_refused(struct mm *mm, struct vcpu *v, int err)
{
	struct mm_undo u;
	struct vma_edit e;
	int failed = vma_edit_begin(&e, 2);
	bool begun = !failed;

	mutex_lock(&mm->mmap_lock);
	u = take_entry_locked(mm, self());
	if (!failed)
		failed = undo_locked(mm, v, &e, &u);
	if (!failed && u.brk)
		mm->brk = u.brk;
	mutex_unlock(&mm->mmap_lock);
	if (self())
		tell(mm, self());
	if (begun)
		vma_edit_end(&e);
	if (failed) {
		log_warn("a change of memory that the host refused cannot be undone: killed");
		aspace_kill(mm->aspace);
	}
	if (u.brk)
		return (long)u.brk;
	/* The tree had a hole where the host has something. */
	return err == -EEXIST ? -ENOMEM : err;
}
