/*
 * Address spaces (mm.h): made, forked, freed, accounted, looked at.
 *
 * Locks: see mm.h.
 */
#include "mm/mm.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include "fs/file.h"
#include "host/host.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "lib/log.h"
#include "lib/park.h"
#include "mm/fastpath.h"
#include "mm/internal.h"

#define RSS_AGE_NS         (100 * NSEC_PER_MSEC)
#define RSS_SHARE          20 /* counting takes at most so small a part of the time */
#define STACK_RANDOM_PAGES 0x3fffff
#define MMAP_RANDOM_PAGES  0xfffffff
#define MMAP_GAP_MIN       (128ul << 20)

u64 mm_new_object(void)
{
	static u64 last;

	/* Odd, so that it is never the address of an inode. */
	return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED) << 1 | 1;
}

static int mm_alloc(struct aspace *as, struct mm **ret)
{
	u64 seed[3];
	int err = host_getrandom(seed, sizeof(seed));
	struct mm *mm = err ? NULL : kzalloc(sizeof(*mm));

	if (!mm)
		return err ? err : -ENOMEM;
	mm->stack_rnd = (seed[0] & STACK_RANDOM_PAGES) << PAGE_SHIFT;
	mm->mmap_rnd = (seed[1] & MMAP_RANDOM_PAGES) << PAGE_SHIFT;
	mm->vmas = kzalloc(sizeof(*mm->vmas));
	if (!mm->vmas) {
		kfree(mm);
		return -ENOMEM;
	}
	ref_init(&mm->ref);
	mutex_init(&mm->mmap_lock, LOCK_MMAP);
	waitq_init(&mm->late_wq);
	vma_tree_init(mm->vmas, seed[2]);
	mm->aspace = aspace_get(as);
	mm->dumpable = true;
	*ret = mm;
	return 0;
}

static void clear_tree(struct mm *mm)
{
	struct vma *v;

	while ((v = vma_first(mm->vmas))) {
		vma_erase(mm->vmas, v);
		vma_free(v);
	}
}

int mm_create(struct aspace *as, struct mm **ret)
{
	const struct platform_info *info = platform_info();
	cleanup_mm struct mm *mm = NULL;
	int err = mm_alloc(as, &mm);

	if (err)
		return err;
	if (info->vdso) {
		struct vma *v = vma_alloc();

		if (!v)
			return -ENOMEM;
		v->start = info->vdso;
		v->end = info->vdso + ALIGN_UP(info->vdso_size, PAGE_SIZE);
		v->flags = VMA_READ | VMA_EXEC | VMA_MAYREAD | VMA_MAYWRITE | VMA_MAYEXEC |
			   VMA_DONTDUMP | VMA_SPECIAL;
		v->name = "[vdso]";
		vma_insert(mm->vmas, v);
		mm_account_locked(mm, v->flags, (s64)to_pages(v->end - v->start));
	}
	mm_set_layout(mm, 8ul << 20, true);
	*ret = steal(&mm);
	return 0;
}

uaddr_t mm_set_layout(struct mm *mm, u64 stack_limit, bool randomize)
{
	uaddr_t end = platform_info()->user_end;
	u64 pad = ((u64)STACK_RANDOM_PAGES << PAGE_SHIFT) + VMA_GUARD_GAP;
	u64 stack_rnd = randomize ? mm->stack_rnd : 0;
	u64 mmap_rnd = randomize ? mm->mmap_rnd : 0;
	u64 gap = stack_limit;

	if (gap + pad > gap)
		gap += pad;
	gap = min(max(gap, MMAP_GAP_MIN), end / 6 * 5);
	mm->mmap_base = ALIGN_DOWN(end - gap - mmap_rnd, PAGE_SIZE);
	return ALIGN_DOWN(end - stack_rnd, PAGE_SIZE);
}

void mm_limit(struct mm *mm, u64 bytes)
{
	int err = aspace_limit(mm->aspace, bytes);

	if (err)
		log_debug("the host does not limit an address space: %s", strerror(-err));
}

struct mm *mm_get(struct mm *mm)
{
	ref_get(&mm->ref);
	return mm;
}

void mm_put(struct mm *mm)
{
	if (!ref_put(&mm->ref))
		return;
	clear_tree(mm);
	fastpath_free(mm->fast);
	if (mm->exe)
		file_put(mm->exe);
	aspace_put(mm->aspace);
	kfree(mm->vmas);
	kfree(mm);
}

static int copy_tree_locked(struct mm *mm, struct mm *old)
{
	const struct vma *v;

	for (v = vma_first(old->vmas); v; v = vma_next(old->vmas, v)) {
		struct vma *copy;

		if (v->flags & VMA_DONTCOPY)
			continue;
		copy = vma_alloc();
		if (!copy)
			return -ENOMEM;
		vma_copy_attrs(copy, v);
		copy->flags &= ~(u32)(VMA_LOCKED | VMA_LOCKONFAULT);
		copy->start = v->start;
		copy->end = v->end;
		vma_insert(mm->vmas, copy);
		mm_account_locked(mm, copy->flags, (s64)to_pages(copy->end - copy->start));
	}
	return 0;
}

static void copy_areas_locked(struct mm *mm, const struct mm *old)
{
	mm->mmap_base = old->mmap_base;
	mm->start_code = old->start_code;
	mm->end_code = old->end_code;
	mm->start_data = old->start_data;
	mm->end_data = old->end_data;
	mm->start_brk = old->start_brk;
	mm->brk = old->brk;
	mm->start_stack = old->start_stack;
	mm->arg_start = old->arg_start;
	mm->arg_end = old->arg_end;
	mm->env_start = old->env_start;
	mm->env_end = old->env_end;
	memcpy(mm->auxv, old->auxv, sizeof(mm->auxv));
	mm->exe = old->exe ? file_get(old->exe) : NULL;
	mm->dumpable = old->dumpable;
	mm->barriers = __atomic_load_n(&old->barriers, __ATOMIC_RELAXED);
}

int mm_fork(struct mm *old, struct vcpu *parent, struct mm **ret, struct vcpu **ret_vcpu)
{
	struct aspace *as = NULL;
	struct vcpu *v = NULL;
	struct mm *mm = NULL;
	int err;

	mm_lock_all(old);
	fastpath_learn_locked(old, parent);
	err = aspace_fork(parent, &as, &v);
	if (!err)
		err = mm_alloc(as, &mm);
	if (!err) {
		copy_areas_locked(mm, old);
		err = copy_tree_locked(mm, old);
	}
	if (!err)
		err = fastpath_fork(mm, old);
	mutex_unlock(&old->mmap_lock);
	if (as)
		aspace_put(as);
	if (err) {
		if (mm)
			mm_put(mm);
		if (v)
			vcpu_destroy(v);
		return err;
	}
	*ret = mm;
	*ret_vcpu = v;
	return 0;
}

static bool is_stack(u32 flags)
{
	return flags & VMA_GROWSDOWN;
}

static bool is_data(u32 flags)
{
	return (flags & (VMA_WRITE | VMA_SHARED | VMA_GROWSDOWN)) == VMA_WRITE;
}

void mm_account_locked(struct mm *mm, u32 flags, s64 pages)
{
	mm->total_vm += (u64)pages;
	if (flags & VMA_LOCKED)
		mm->locked_vm += (u64)pages;
	if (is_stack(flags))
		mm->stack_vm += (u64)pages;
	else if (is_data(flags))
		mm->data_vm += (u64)pages;
	else if ((flags & (VMA_EXEC | VMA_WRITE)) == VMA_EXEC)
		mm->exec_vm += (u64)pages;
}

bool mm_may_expand_locked(struct task *t, struct mm *mm, u32 flags, u64 pages)
{
	if (mm->total_vm + pages > task_rlimit(t, RLIMIT_AS) >> PAGE_SHIFT)
		return false;
	return !is_data(flags) || mm->data_vm + pages <= task_rlimit(t, RLIMIT_DATA) >> PAGE_SHIFT;
}

int mm_can_mlock(struct task *t)
{
	return task_rlimit(t, RLIMIT_MEMLOCK) || task_capable(t, CAP_IPC_LOCK) ? 0 : -EPERM;
}

bool mm_mlock_fits_locked(struct task *t, struct mm *mm, u64 pages)
{
	return mm->locked_vm + pages <= task_rlimit(t, RLIMIT_MEMLOCK) >> PAGE_SHIFT ||
	       task_capable(t, CAP_IPC_LOCK);
}

void mm_clear_range_locked(struct mm *mm, struct vma_edit *e, uaddr_t start, uaddr_t end)
{
	const struct vma *v;

	for (v = vma_find(mm->vmas, start); v && v->start < end; v = vma_next(mm->vmas, v)) {
		u64 len = min(v->end, end) - max(v->start, start);

		mm_account_locked(mm, v->flags, -(s64)to_pages(len));
	}
	vma_clear_range(mm->vmas, e, start, end);
}

bool mm_is_sealed_locked(const struct mm *mm, uaddr_t start, uaddr_t end)
{
	const struct vma *v;

	for (v = vma_find(mm->vmas, start); v && v->start < end; v = vma_next(mm->vmas, v)) {
		if (v->flags & VMA_SEALED)
			return true;
	}
	return false;
}

long mm_host1(struct vcpu *v, long nr, u64 a0, u64 a1, u64 a2, u64 a3)
{
	struct host_op op = {.nr = nr, .args = {a0, a1, a2, a3}, .fd = HOSTFD_NONE};
	int err = vcpu_host_ops(v, &op, 1);

	return err ? err : op.ret;
}

struct host_op mm_anon_op(uaddr_t start, size_t len, u32 flags)
{
	struct host_op op = {
		.nr = SYS_mmap,
		.args = {start, len, flags & VMA_PROT_MASK,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, UINT64_MAX, 0},
		.fd = HOSTFD_NONE,
	};

	if (flags & VMA_GROWSDOWN)
		op.args[3] |= MAP_STACK;
	if ((flags & (VMA_LOCKED | VMA_LOCKONFAULT)) == VMA_LOCKED)
		op.args[3] |= MAP_LOCKED;
	return op;
}

int mm_host_anon(struct vcpu *v, uaddr_t start, size_t len, u32 flags)
{
	struct host_op op = mm_anon_op(start, len, flags);

	return vcpu_host_ops(v, &op, 1);
}

int mm_futex_key(struct mm *mm, uaddr_t addr, bool *ret_shared, u64 *ret_object, u64 *ret_off)
{
	const struct vma *v;
	int err = -EFAULT;

	mutex_lock(&mm->mmap_lock);
	v = vma_find_range(mm->vmas, addr, addr + 1);
	if (v) {
		bool shared = v->flags & VMA_SHARED;

		*ret_shared = shared;
		*ret_object = shared ? v->object : (uintptr_t)mm;
		*ret_off = shared ? v->off + (addr - v->start) : addr;
		err = 0;
	}
	mutex_unlock(&mm->mmap_lock);
	return err;
}

static const char *vma_name_locked(const struct mm *mm, const struct vma *v)
{
	if (v->name || v->file)
		return v->name;
	if (v->flags & VMA_SHARED)
		return "/dev/zero (deleted)";
	if (v->start < mm->brk && v->end > mm->start_brk)
		return "[heap]";
	if (v->start <= mm->start_stack && v->end >= mm->start_stack)
		return "[stack]";
	return NULL;
}

bool mm_next_vma(struct mm *mm, uaddr_t addr, struct vma_info *ret)
{
	const struct vma *v;

	mutex_lock(&mm->mmap_lock);
	v = vma_find(mm->vmas, addr);
	if (v)
		*ret = (struct vma_info){
			.start = v->start,
			.end = v->end,
			.prot = (int)(v->flags & VMA_PROT_MASK),
			.flags = v->flags,
			.off = v->off,
			.file = v->file ? file_get(v->file) : NULL,
			.name = vma_name_locked(mm, v),
		};
	mutex_unlock(&mm->mmap_lock);
	return v;
}

void mm_set_brk_start(struct mm *mm, uaddr_t brk)
{
	mutex_lock(&mm->mmap_lock);
	mm->start_brk = mm->brk = brk;
	mutex_unlock(&mm->mmap_lock);
}

/* The host is asked for neighbours together: programs have thousands of mappings in a row. */
static u64 count_rss_locked(struct mm *mm, struct vcpu *vcpu)
{
	uaddr_t end = platform_info()->user_end;
	const struct vma *v = vma_first(mm->vmas);
	u64 sum = 0;

	while (v && v->start < end) {
		uaddr_t start = v->start, stop = v->start;
		u64 pages = 0;

		while (v && v->start == stop && v->start < end && v->flags & VMA_PROT_MASK) {
			stop = v->end;
			v = vma_next(mm->vmas, v);
		}
		if (stop == start)
			v = vma_next(mm->vmas, v);
		else if (!vcpu_resident(vcpu, start, stop - start, &pages))
			sum += pages << PAGE_SHIFT;
	}
	return sum;
}

u64 mm_rss(struct mm *mm)
{
	const struct task *t = park_self()->owner;
	u64 now = now_ns(), rss;

	mutex_lock(&mm->mmap_lock);
	if (t && t->mm == mm && t->vcpu && now >= mm->rss_next) {
		u64 done;

		__atomic_store_n(&mm->rss, count_rss_locked(mm, t->vcpu), __ATOMIC_RELAXED);
		done = now_ns();
		mm->rss_next = done + max(RSS_AGE_NS, RSS_SHARE * (done - now));
	}
	rss = mm->rss;
	mutex_unlock(&mm->mmap_lock);
	return rss;
}
