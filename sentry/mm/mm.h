/*
 * A guest's address space: the tree of its mappings (struct vma), and what
 * Linux keeps beside it (brk, stack, argument and environment areas, auxv).
 *
 * The pages are the host kernel's; the tree says what is mapped where.  A change
 * is decided on the tree under mmap_lock and carried out by the stub
 * (vcpu_host_ops) before the lock is dropped, so two threads never disagree.
 *
 * Locks: mm->mmap_lock (LOCK_MMAP), a mutex that may be held across host ops.
 */
#pragma once
#include "lib/base.h"
#include "lib/mutex.h"
#include "lib/ref.h"
#include "lib/waitq.h"
#include "platform/platform.h"

struct aspace;
struct fastpath;
struct file;
struct mempolicy;
struct task;
struct vcpu;
struct vma;
struct vma_tree;

#define AUXV_MAX 48

/*
 * How the tree becomes what it was when the host refuses what a call has put
 * off until it returns (vcpu_last_ops()).
 */
struct mm_undo {
	enum { UNDO_NOTHING, UNDO_MAP, UNDO_UNMAP, UNDO_FLAGS } kind;
	bool image;         /* MAP: with the trampolines that come with it */
	uaddr_t start, end; /* what was mapped, unmapped or changed */
	u32 flags;          /* FLAGS: VMA_*, as they were */
	uaddr_t brk;        /* 0: the call was no brk(2) */
};

/* What a task has put off; not done, for all that others know, as long as it stands here. */
struct mm_late {
	struct task *task;
	struct mm_undo undo;
};
#define MM_LATE_MAX 8

struct mm {
	struct ref ref;
	struct aspace *aspace;  /* immutable, counted */
	struct mutex mmap_lock; /* LOCK_MMAP; guards all below */
	struct vma_tree *vmas;
	u64 stack_rnd, mmap_rnd; /* immutable; what a random layout is moved by, bytes */
	uaddr_t mmap_base;       /* top of the area mmap searches, downwards */
	uaddr_t start_code, end_code, start_data, end_data;
	uaddr_t start_brk, brk;
	uaddr_t start_stack;
	uaddr_t arg_start, arg_end, env_start, env_end;
	u64 auxv[AUXV_MAX];
	struct file *exe;                                    /* counted */
	u64 total_vm, data_vm, stack_vm, exec_vm, locked_vm; /* pages */
	u32 lock_future; /* mlockall(MCL_FUTURE): VMA_LOCKED, VMA_LOCKONFAULT; 0: none */
	u32 nr_users;    /* atomic: tasks that have it, as get_nr_threads for CLONE_VM */
	u32 barriers;    /* atomic: MEMBARRIER_CMD_REGISTER_*, what its program has asked for */
	bool dumpable;
	struct mm_batch *batch; /* execve: see mm_batch_begin() */
	struct mm_late late[MM_LATE_MAX];
	u32 nr_late;
	struct waitq late_wq;  /* who waits for one of those (mm_settled()) */
	struct fastpath *fast; /* atomic: set once; mm/fastpath.h; NULL: nothing trapped yet */
	u64 rss;               /* atomic: bytes resident when it was last counted */
	u64 rss_next;          /* when it may be counted again: CLOCK_MONOTONIC ns */
};

/* mm_create - an empty one over the clean @as; takes its own reference of @as */
int mm_create(struct aspace *as, struct mm **ret) must_check;

/*
 * mm_fork - copy the address space of the stopped @parent, tree and pages
 *
 * As aspace_fork(), under mmap_lock so that no mapping changes in between.
 * Areas with MADV_DONTFORK are left out, those with MADV_WIPEONFORK are empty,
 * locks are not inherited.
 *
 * Return: 0 with the new mm and its first vcpu, stopped; -ENOMEM, -EAGAIN.
 */
int mm_fork(struct mm *old, struct vcpu *parent, struct mm **ret, struct vcpu **ret_vcpu)
	must_check;

/* mm_limit - the host is told of RLIMIT_AS too; it may refuse, and the books hold all the same */
void mm_limit(struct mm *mm, u64 bytes);

struct mm *mm_get(struct mm *mm);
void mm_put(struct mm *mm);

/* What do_mmap() maps. */
struct mmap_req {
	uaddr_t addr;      /* hint, or the place with MAP_FIXED */
	size_t len;        /* bytes; rounded up */
	int prot, flags;   /* PROT_*, MAP_* */
	struct file *file; /* NULL: anonymous */
	u64 off;           /* bytes, page aligned */
	const char *name;  /* "[heap]", "[stack]"... for /proc/PID/maps; NULL: none; static */
	bool last;         /* the caller is a system call, and does nothing after it */
};

/*
 * mm_mmap - mmap(2) inside @t's address space, checks and limits included
 *
 * Return: 0 with the address in *@ret, or mmap(2)'s errors.
 */
int mm_mmap(struct task *t, struct mm *mm, struct vcpu *v, const struct mmap_req *req, uaddr_t *ret)
	must_check;

/* mm_munmap - munmap(2), the system call itself: what it orders may be done when it returns */
int mm_munmap(struct mm *mm, struct vcpu *v, uaddr_t addr, size_t len) must_check;

#define MM_BATCH_MAX 24
struct mm_batch {
	struct host_op ops[MM_BATCH_MAX];
	unsigned nr;
};

/*
 * mm_hide_files - as platform_hide_files(), for the file systems
 */
void mm_hide_files(void);

/*
 * mm_batch_begin, mm_batch_end - put the host calls of mm_mmap() off, then make them in one go
 * @b: the caller's, until the end
 * @empty: the address space has been another program's: what it mapped goes first
 * @keep: and files that anybody may read are kept (struct host_op)
 *
 * For execve, which maps a dozen pieces into an address space that nobody runs
 * in yet.  In between, nothing but mm_mmap() and mm_find_room() is for @mm, and
 * the files that are mapped stay the caller's too.
 *
 * Return: of end: 0, or what the host refused: then @mm is good for mm_put() only.
 */
void mm_batch_begin(struct mm *mm, struct mm_batch *b, bool empty, bool keep);
int mm_batch_end(struct mm *mm, struct vcpu *v) must_check;

/*
 * mm_refused - the host refused, with @err, what the last call changed: undo it
 *
 * Return: what the call returns instead.
 */
long mm_refused(struct mm *mm, struct vcpu *v, int err);

/*
 * mm_settled - what @t has put off is done, and somebody waits for that
 * mm_leave - @t will not use its memory any more: what it has put off is done now
 */
void mm_settled(struct task *t);
void mm_leave(struct task *t);

/* mm_find_room - where mmap would put @len bytes, at a multiple of @align; -ENOMEM */
int mm_find_room(struct mm *mm, size_t len, size_t align, uaddr_t *ret) must_check;

/* mm_mprotect - mprotect(2), as mm_munmap() */
int mm_mprotect(struct task *t, struct mm *mm, struct vcpu *v, uaddr_t addr, size_t len, int prot)
	must_check;

/*
 * mm_mremap - mremap(2)
 * @new_addr: with MREMAP_FIXED, and as a hint with MREMAP_DONTUNMAP
 */
int mm_mremap(struct task *t, struct mm *mm, struct vcpu *v, uaddr_t addr, u64 old_len, u64 new_len,
	      int flags, uaddr_t new_addr, uaddr_t *ret) must_check;

/* mm_madvise - madvise(2) */
int mm_madvise(struct task *t, struct mm *mm, struct vcpu *v, uaddr_t addr, size_t len, int advice)
	must_check;

/* mm_madvise_is_hint - is @advice one that process_madvise(2) may give another process */
bool mm_madvise_is_hint(int advice);

/* mm_mincore - mincore(2): the host writes the guest's @vec */
int mm_mincore(struct mm *mm, struct vcpu *v, uaddr_t addr, size_t len, uaddr_t vec) must_check;

/* mm_seal - mseal(2) of whole pages; -ENOMEM: not all of it is mapped */
int mm_seal(struct task *t, struct mm *mm, uaddr_t addr, size_t len) must_check;

/* mm_page_resident - is the mapped page at @addr in memory */
int mm_page_resident(struct mm *mm, struct vcpu *v, uaddr_t addr, bool *ret) must_check;

/*
 * mm_membarrier - one command of membarrier(2), made by the host in the guest's process
 *
 * Who has registered is in our books: the host's go through an execve, and every process
 * is registered there for what patching needs.
 */
long mm_membarrier(struct mm *mm, struct vcpu *v, int cmd) must_check;

/* mm_set_policy - for every mapping in a range; -EFAULT if there is a hole */
int mm_set_policy(struct task *t, struct mm *mm, uaddr_t addr, size_t len,
		  const struct mempolicy *p) must_check;

/* mm_get_policy - of the mapping at @addr; 0 or -EFAULT */
int mm_get_policy(struct mm *mm, uaddr_t addr, struct mempolicy *ret) must_check;

/* mm_msync - msync(2) */
int mm_msync(struct mm *mm, struct vcpu *v, uaddr_t addr, size_t len, int flags) must_check;

/* mm_mlock, mm_munlock - mlock2(2) with MLOCK_ONFAULT or 0; munlock(2) */
int mm_mlock(struct task *t, struct mm *mm, struct vcpu *v, uaddr_t addr, size_t len, int flags)
	must_check;
int mm_munlock(struct task *t, struct mm *mm, struct vcpu *v, uaddr_t addr, size_t len) must_check;

/* mm_mlockall - mlockall(2); @flags 0: munlockall(2) */
int mm_mlockall(struct task *t, struct mm *mm, struct vcpu *v, int flags) must_check;

/* mm_brk - brk(2), as mm_munmap(): the break afterwards, which is the old one on failure */
uaddr_t mm_brk(struct task *t, struct mm *mm, struct vcpu *v, uaddr_t brk);

/*
 * mm_fault - the guest touched @addr and the host found nothing there
 *
 * A stack (MAP_GROWSDOWN) grows down to @addr if its limit and neighbours allow.
 * Return: true: try the instruction again; false: the fault is the guest's own.
 */
bool mm_fault(struct task *t, struct mm *mm, struct vcpu *v, uaddr_t addr) must_check;

/*
 * mm_set_layout - where mmap searches from, below a stack of up to @stack_limit
 *
 * For execve, before the program is mapped.  @randomize: unless ADDR_NO_RANDOMIZE.
 * Return: top of the stack area, page aligned.
 */
uaddr_t mm_set_layout(struct mm *mm, u64 stack_limit, bool randomize);

/* mm_set_brk_start - after the ELF loader has placed the program */
void mm_set_brk_start(struct mm *mm, uaddr_t brk);

/*
 * mm_futex_key - what makes two addresses the same futex
 * @ret_object: for shared mappings the identity of what is mapped (file or
 *              shared anonymous area); for private ones the mm itself
 * @ret_off: offset in it; for private ones the address
 *
 * The identity is a number that is never reused while a mapping exists.
 * Return: 0 or -EFAULT.
 */
int mm_futex_key(struct mm *mm, uaddr_t addr, bool *ret_shared, u64 *ret_object, u64 *ret_off)
	must_check;

/*
 * mm_rss - bytes of it that are in memory
 *
 * Counted for the calling task's own memory, a few times a second at most;
 * of others what was last counted.  May sleep.
 */
u64 mm_rss(struct mm *mm);

/* mm_rss_last - what was last counted; any lock may be held */
static inline u64 mm_rss_last(const struct mm *mm)
{
	return __atomic_load_n(&mm->rss, __ATOMIC_RELAXED);
}

/* One line of /proc/PID/maps. */
struct vma_info {
	uaddr_t start, end;
	int prot;  /* PROT_* */
	u32 flags; /* VMA_* of mm/vma.h */
	u64 off;
	struct file *file; /* counted for the caller, or NULL */
	const char *name;
};

/* mm_next_vma - the first mapping that ends above @addr; false at the end */
bool mm_next_vma(struct mm *mm, uaddr_t addr, struct vma_info *ret) must_check;

static inline void mm_put_cleanup(struct mm **mm)
{
	if (*mm)
		mm_put(*mm);
}

#define cleanup_mm __attribute__((cleanup(mm_put_cleanup)))
