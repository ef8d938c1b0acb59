/*
 * mmap and munmap: where a mapping goes, and putting it there.
 *
 * The place is always chosen here and given to the host as a fixed one, so that
 * the tree is the truth.  Where the tree has a hole, MAP_FIXED_NOREPLACE makes
 * the host say so if it knows better.
 *
 * Locks: mm->mmap_lock is held from the choice to the commit, across the host's
 * call.  The file is asked before, without it.
 *
 * Not done: MAP_HUGETLB (no huge pages are reserved), MAP_SYNC.
 */
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/syscall.h>

#include "fs/file.h"
#include "fs/inode.h"
#include "kernel/task.h"
#include "lib/log.h"
#include "mm/fastpath.h"
#include "mm/internal.h"

#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 0x08
#endif

#define LOW_START 0x40000000ul /* where MAP_32BIT searches */
#define LOW_END   0x80000000ul

/* Flags that mean the same on the host. */
#define HOST_FLAGS (MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK)

/* Flags MAP_SHARED_VALIDATE knows. */
#define KNOWN_FLAGS                                                                              \
	(MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_DENYWRITE | MAP_EXECUTABLE | \
	 MAP_GROWSDOWN | MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK |  \
	 MAP_HUGETLB | MAP_32BIT | MAP_FIXED_NOREPLACE)

/* A mapping on its way. */
struct plan {
	const struct mmap_req *req;
	size_t len; /* rounded up */
	int flags;
	u32 vm_flags;
	bool anon;
	bool keep; /* the host may keep it for others: anybody may read the file */
	struct file_map map;
	uaddr_t addr;
	bool replaces;
	struct fp_image *image; /* patched text for it; NULL: none */
};

static int plan_place(struct plan *p)
{
	const struct mmap_req *req = p->req;

	if (!req->len)
		return -EINVAL;
	p->flags = req->flags;
	if (p->flags & MAP_FIXED_NOREPLACE)
		p->flags |= MAP_FIXED;
	p->len = ALIGN_UP(req->len, PAGE_SIZE);
	if (!p->len || !mm_range_ok(0, p->len))
		return -ENOMEM;
	if (req->off + p->len < req->off)
		return -EOVERFLOW;
	if (!(p->flags & MAP_FIXED))
		return 0;
	if (!mm_range_ok(req->addr, p->len))
		return -ENOMEM;
	if (!IS_ALIGNED(req->addr, PAGE_SIZE))
		return -EINVAL;
	return req->addr < MMAP_MIN_ADDR ? -EPERM : 0;
}

static int plan_anon(struct plan *p)
{
	p->anon = true;
	if (p->flags & MAP_HUGETLB)
		return -ENOMEM;
	switch (p->flags & MAP_TYPE) {
	case MAP_SHARED:
		p->vm_flags |= VMA_SHARED;
		return p->flags & MAP_GROWSDOWN ? -EINVAL : 0;
	case MAP_PRIVATE:
		return 0;
	default:
		return -EINVAL;
	}
}

static int plan_file(struct plan *p)
{
	const struct mmap_req *req = p->req;
	int type = p->flags & MAP_TYPE;
	int err;

	if (p->flags & MAP_HUGETLB)
		return -EINVAL;
	if (type == MAP_SHARED_VALIDATE && p->flags & ~KNOWN_FLAGS)
		return -EOPNOTSUPP;
	if (type != MAP_SHARED && type != MAP_PRIVATE && type != MAP_SHARED_VALIDATE)
		return -EINVAL;
	if (type != MAP_PRIVATE)
		p->vm_flags |= VMA_SHARED;
	p->map = (struct file_map){
		.prot = (int)(p->vm_flags & VMA_PROT_MASK),
		.shared = p->vm_flags & VMA_SHARED,
		.off = req->off,
		.len = p->len,
		.fd = HOSTFD_NONE,
	};
	err = vfs_mmap(req->file, &p->map);
	if (err)
		return err;
	if (p->flags & MAP_GROWSDOWN)
		return -EINVAL;
	p->anon = !hostfd_valid(p->map.fd);
	if (p->vm_flags & VMA_SHARED && !p->map.fd_writable && !p->anon)
		p->vm_flags &= ~(u32)VMA_MAYWRITE;
	p->keep = type == MAP_PRIVATE && !p->anon && req->file->inode &&
		  inode_mode(req->file->inode) & S_IROTH && path_is_public(&req->file->path);
	if (file_noexec(req->file))
		p->vm_flags &= ~(u32)VMA_MAYEXEC;
	return 0;
}

static int plan_make(struct task *t, const struct mmap_req *req, struct plan *p)
{
	int prot = req->prot & (PROT_READ | PROT_WRITE | PROT_EXEC);
	int err;

	*p = (struct plan){.req = req};
	err = plan_place(p);
	if (err)
		return err;
	if (prot & PROT_READ && t->personality & READ_IMPLIES_EXEC &&
	    !(req->file && file_noexec(req->file)))
		prot |= PROT_EXEC;
	p->vm_flags = (u32)prot | VMA_MAYREAD | VMA_MAYWRITE | VMA_MAYEXEC;
	if (p->flags & MAP_GROWSDOWN)
		p->vm_flags |= VMA_GROWSDOWN;
	if (p->flags & MAP_NORESERVE)
		p->vm_flags |= VMA_NORESERVE;
	if (p->flags & MAP_LOCKED) {
		err = mm_can_mlock(t);
		if (err)
			return err;
		p->vm_flags |= VMA_LOCKED;
	}
	return req->file ? plan_file(p) : plan_anon(p);
}

static bool hint_is_free(const struct mm *mm, uaddr_t addr, size_t len)
{
	const struct vma *next, *prev;

	if (addr < MMAP_MIN_ADDR || !mm_range_ok(addr, len) ||
	    fastpath_first_locked(mm, addr, addr + len))
		return false;
	next = vma_find(mm->vmas, addr);
	if (next && vma_start_gap(next) < addr + len)
		return false;
	prev = next ? vma_prev(mm->vmas, next) : NULL;
	return !prev || prev->end <= addr;
}

/* Downwards, past the chunks of trampolines that are in no tree. */
static bool search_down(const struct mm *mm, size_t len, size_t align, uaddr_t *ret)
{
	uaddr_t end = mm->mmap_base, chunk;

	do {
		if (!vma_room_topdown(mm->vmas, len, MMAP_MIN_ADDR, end, align, ret))
			return false;
		chunk = fastpath_first_locked(mm, *ret, *ret + len);
		end = chunk;
	} while (chunk);
	return true;
}

static bool search_up(const struct mm *mm, size_t len, size_t align, uaddr_t from, uaddr_t end,
		      uaddr_t *ret)
{
	uaddr_t chunk;

	do {
		if (!vma_room_bottomup(mm->vmas, len, from, end, align, ret))
			return false;
		chunk = fastpath_first_locked(mm, *ret, *ret + len);
		from = chunk + FASTPATH_CHUNK;
	} while (chunk);
	return true;
}

static bool search(const struct mm *mm, size_t len, size_t align, uaddr_t *ret)
{
	uaddr_t end = platform_info()->user_end;

	return search_down(mm, len, align, ret) ||
	       search_up(mm, len, align, ALIGN_DOWN(end / 3, PAGE_SIZE), end, ret);
}

int mm_find_room_locked(struct mm *mm, uaddr_t hint, size_t len, int flags, uaddr_t *ret)
{
	bool huge = flags & MAP_ANONYMOUS && len >= HUGE_SIZE && IS_ALIGNED(len, HUGE_SIZE);

	if (flags & MAP_32BIT)
		return search_up(mm, len, PAGE_SIZE, LOW_START, LOW_END, ret) ? 0 : -ENOMEM;
	if (hint) {
		hint = max(ALIGN_DOWN(hint, PAGE_SIZE), (uaddr_t)MMAP_MIN_ADDR);
		if (hint_is_free(mm, hint, len)) {
			*ret = hint;
			return 0;
		}
	}
	/* As Linux since 6.7: what can be huge pages starts at one. */
	if (huge && search(mm, len, HUGE_SIZE, ret))
		return 0;
	return search(mm, len, PAGE_SIZE, ret) ? 0 : -ENOMEM;
}

int mm_find_room(struct mm *mm, size_t len, size_t align, uaddr_t *ret)
{
	bool found;

	mutex_lock(&mm->mmap_lock);
	found = search(mm, len, align, ret);
	mutex_unlock(&mm->mmap_lock);
	return found ? 0 : -ENOMEM;
}

static u64 overlap_pages(const struct mm *mm, uaddr_t start, uaddr_t end)
{
	const struct vma *v;
	u64 sum = 0;

	for (v = vma_find(mm->vmas, start); v && v->start < end; v = vma_next(mm->vmas, v))
		sum += min(v->end, end) - max(v->start, start);
	return to_pages(sum);
}

static int decide_locked(struct task *t, struct mm *mm, struct plan *p)
{
	u64 pages = to_pages(p->len), replaced = 0;
	int err = 0;

	if (mm->vmas->nr >= MAX_MAP_COUNT)
		return -ENOMEM;
	if (p->flags & MAP_FIXED) {
		p->addr = p->req->addr;
		p->replaces = vma_find_range(mm->vmas, p->addr, p->addr + p->len);
		if (p->replaces && p->flags & MAP_FIXED_NOREPLACE)
			return -EEXIST;
		if (p->replaces && mm_is_sealed_locked(mm, p->addr, p->addr + p->len))
			return -EPERM;
	} else {
		int kind = p->anon ? p->flags | MAP_ANONYMOUS : p->flags & ~MAP_ANONYMOUS;

		err = mm_find_room_locked(mm, p->req->addr, p->len, kind, &p->addr);
		if (err)
			return err;
	}
	p->vm_flags |= mm->lock_future;
	if (p->vm_flags & VMA_LOCKED && !mm_mlock_fits_locked(t, mm, pages))
		return -EAGAIN;
	if (p->replaces)
		replaced = overlap_pages(mm, p->addr, p->addr + p->len);
	return mm_may_expand_locked(t, mm, p->vm_flags, pages - replaced) ? 0 : -ENOMEM;
}

/* For mlockall(MCL_ONFAULT); as on Linux, the mapping stands even if this fails. */
static void lock_on_fault(struct vcpu *v, const struct plan *p)
{
	long ret = mm_host1(v, SYS_mlock2, p->addr, p->len, MLOCK_ONFAULT, 0);

	if (ret < 0)
		log_debug("host does not lock a new mapping: %ld", ret);
}

static int flush(struct mm_batch *b, struct vcpu *v)
{
	int err = b->nr ? vcpu_host_ops(v, b->ops, b->nr) : 0;

	b->nr = 0;
	return err;
}

static int put_off(struct mm_batch *b, struct vcpu *v, const struct host_op *op)
{
	int err = b->nr == MM_BATCH_MAX ? flush(b, v) : 0;

	if (!err)
		b->ops[b->nr++] = *op;
	return err;
}

void mm_hide_files(void)
{
	platform_hide_files();
}

void mm_batch_begin(struct mm *mm, struct mm_batch *b, bool empty, bool keep)
{
	b->nr = 0;
	if (empty)
		b->ops[b->nr++] = (struct host_op){
			.nr = SYS_munmap,
			.args = {0, platform_info()->user_end},
			.fd = HOSTFD_NONE,
			.keep = keep,
		};
	mm->batch = b;
}

int mm_batch_end(struct mm *mm, struct vcpu *v)
{
	int err;

	mutex_lock(&mm->mmap_lock);
	err = flush(mm->batch, v);
	mm->batch = NULL;
	mutex_unlock(&mm->mmap_lock);
	return err;
}

/* Do @n ops now, or with the batch; or with the end of the call, if there is @undo. */
static int host_do(struct mm *mm, struct vcpu *v, struct host_op *ops, size_t n,
		   const struct mm_undo *undo)
{
	int err = 0;

	if (!mm->batch)
		return mm_host_last_locked(mm, v, ops, n, undo);
	for (size_t i = 0; i < n && !err; i++)
		err = put_off(mm->batch, v, &ops[i]);
	return err;
}

static struct mm_undo undo_of(const struct plan *p)
{
	return (struct mm_undo){.kind = UNDO_MAP, .start = p->addr, .end = p->addr + p->len};
}

/* What fills the pages takes its time, or is more than one host call. */
static bool can_undo(const struct plan *p)
{
	return p->req->last && !(p->vm_flags & (VMA_LOCKED | VMA_LOCKONFAULT)) &&
	       !(p->flags & MAP_POPULATE);
}

/* Patched text and its trampolines in place of the file; false: it is to be the file. */
static bool host_map_image(struct mm *mm, struct vcpu *v, const struct plan *p,
			   const struct host_op *text)
{
	struct mm_undo undo = undo_of(p);
	struct host_op ops[2] = {
		{.nr = SYS_mmap,
		 .args = {0, FASTPATH_CHUNK, PROT_READ | PROT_EXEC,
			  MAP_PRIVATE | MAP_FIXED_NOREPLACE, UINT64_MAX, p->len},
		 .keep = text->keep},
		*text,
	};

	if (!fastpath_enter_locked(mm, p->image, p->addr, &ops[0].args[0], &ops[0].fd))
		return false;
	ops[1].fd = ops[0].fd;
	ops[1].args[5] = 0;
	undo.image = true;
	if (!host_do(mm, v, ops, 2, can_undo(p) ? &undo : NULL))
		return true;
	fastpath_leave_locked(mm, v);
	return false;
}

static int host_map(struct mm *mm, struct vcpu *v, const struct plan *p)
{
	struct host_op op = {
		.nr = SYS_mmap,
		.args = {p->addr, p->len, p->vm_flags & VMA_PROT_MASK, (u64)(p->flags & HOST_FLAGS),
			 UINT64_MAX, 0},
		.fd = p->map.fd,
		.keep = p->keep,
	};
	const struct mm_undo undo = undo_of(p);
	int err;

	op.args[3] |= p->vm_flags & VMA_SHARED ? MAP_SHARED : MAP_PRIVATE;
	op.args[3] |= p->replaces ? MAP_FIXED : MAP_FIXED_NOREPLACE;
	if ((p->vm_flags & (VMA_LOCKED | VMA_LOCKONFAULT)) == VMA_LOCKED)
		op.args[3] |= MAP_LOCKED;
	if (p->anon) {
		op.args[3] |= MAP_ANONYMOUS;
		op.fd = HOSTFD_NONE;
	} else {
		op.args[5] = p->req->off + (u64)p->map.delta;
	}
	if (p->image && host_map_image(mm, v, p, &op))
		return 0;
	err = host_do(mm, v, &op, 1, can_undo(p) ? &undo : NULL);
	if (!err && !mm->batch && p->vm_flags & VMA_LOCKONFAULT)
		lock_on_fault(v, p);
	if (err == -EEXIST) {
		log_error("host has a mapping at %#lx that the tree has not",
			  (unsigned long)p->addr);
		return -ENOMEM;
	}
	return err;
}

static u64 identity(const struct plan *p)
{
	if (!(p->vm_flags & VMA_SHARED))
		return 0;
	if (p->anon)
		return mm_new_object();
	return (uintptr_t)(p->req->file->inode ? (void *)p->req->file->inode
					       : (void *)p->req->file);
}

static void commit_locked(struct mm *mm, struct vma_edit *e, const struct plan *p)
{
	struct vma *v = vma_take_spare(e);

	v->start = p->addr;
	v->end = p->addr + p->len;
	v->flags = p->vm_flags;
	v->file = p->req->file ? file_get_mapping(p->req->file) : NULL;
	v->off = p->req->file ? p->req->off : 0;
	v->object = identity(p);
	v->name = p->req->name;
	if (p->replaces)
		mm_clear_range_locked(mm, e, v->start, v->end);
	mm_account_locked(mm, v->flags, (s64)to_pages(p->len));
	vma_insert(mm->vmas, v);
	vma_merge_range(mm->vmas, e, v->start, v->end);
}

static int map_locked(struct task *t, struct mm *mm, struct vcpu *v, struct vma_edit *e,
		      struct plan *p) REQUIRES(mm->mmap_lock)
{
	int err;

	do
		err = decide_locked(t, mm, p);
	while (!err && mm_await_locked(mm, p->addr, p->addr + p->len));
	if (err)
		return err;
	fastpath_vacate_locked(mm, v, p->addr, p->addr + p->len);
	err = host_map(mm, v, p);
	if (!err)
		commit_locked(mm, e, p);
	return err;
}

int mm_mmap(struct task *t, struct mm *mm, struct vcpu *v, const struct mmap_req *req, uaddr_t *ret)
{
	struct vma_edit e;
	struct plan p;
	int err = plan_make(t, req, &p);

	if (err)
		return err;
	err = vma_edit_begin(&e, 2);
	if (err)
		return err;
	if (!p.anon)
		p.image = fastpath_image(req->file, &p.map, p.vm_flags);
	mutex_lock(&mm->mmap_lock);
	err = map_locked(t, mm, v, &e, &p);
	mutex_unlock(&mm->mmap_lock);
	fp_image_put(p.image);
	vma_edit_end(&e);
	if (!err)
		*ret = p.addr;
	return err;
}

static int unmap_locked(struct mm *mm, struct vcpu *v, struct vma_edit *e, uaddr_t start,
			uaddr_t end)
{
	const struct vma *vma = vma_find_range(mm->vmas, start, end), *last;
	const struct mm_undo undo = {.kind = UNDO_UNMAP, .start = start, .end = end};
	struct host_op op = {
		.nr = SYS_munmap,
		.args = {start, end - start},
		.fd = HOSTFD_NONE,
	};
	bool splits;
	int err;

	if (!vma)
		return 0;
	last = vma_find(mm->vmas, end - 1);
	splits = vma->start < start && last && last->start < end && last->end > end;
	if (mm_is_sealed_locked(mm, start, end))
		return -EPERM;
	if (vma->start < start && vma->end > end && mm->vmas->nr >= MAX_MAP_COUNT)
		return -ENOMEM;
	fastpath_vacate_locked(mm, v, start, end);
	err = mm_host_last_locked(mm, v, &op, 1, splits ? NULL : &undo);
	if (!err)
		mm_clear_range_locked(mm, e, start, end);
	return err;
}

int mm_munmap(struct mm *mm, struct vcpu *v, uaddr_t addr, size_t len)
{
	struct vma_edit e;
	int err;

	if (!IS_ALIGNED(addr, PAGE_SIZE) || !len || !mm_range_ok(addr, len))
		return -EINVAL;
	err = vma_edit_begin(&e, 1);
	if (err)
		return err;
	mm_lock_range(mm, addr, addr + ALIGN_UP(len, PAGE_SIZE));
	err = unmap_locked(mm, v, &e, addr, addr + ALIGN_UP(len, PAGE_SIZE));
	mutex_unlock(&mm->mmap_lock);
	vma_edit_end(&e);
	return err;
}
