/*
 * mmap(2), munmap(2), mremap(2), mprotect(2), brk(2), madvise(2), mincore(2),
 * msync(2), mlock(2) and kin, mseal(2), remap_file_pages(2), pkeys(7)
 */
#include <sys/mman.h>

#include "fs/fdtable.h"
#include "gen/sys_proto.h"
#include "kernel/begin.h"
#include "kernel/task.h"
#include "mm/mm.h"
#include "mm/vma.h"

long sys_mmap(struct task *t, uaddr_t addr, size_t len, int prot, int flags, int fd, off_t off)
{
	cleanup_fd struct fd_ref r = {0};
	struct mmap_req req = {
		.addr = addr,
		.len = len,
		.prot = prot,
		.flags = flags,
		.off = (u64)off,
		.last = true,
	};
	uaddr_t ret;
	int err;

	if (!IS_ALIGNED(req.off, PAGE_SIZE))
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS)) {
		r = fd_borrow(t, fd);
		if (!r.file)
			return -EBADF;
		req.file = r.file;
	} else {
		req.off = 0;
	}
	err = mm_mmap(t, t->mm, t->vcpu, &req, &ret);
	return err ? err : (long)ret;
}

long sys_munmap(struct task *t, uaddr_t addr, size_t len)
{
	return mm_munmap(t->mm, t->vcpu, addr, len);
}

long sys_mprotect(struct task *t, uaddr_t addr, size_t len, unsigned long prot)
{
	if (prot > INT32_MAX)
		return -EINVAL;
	return mm_mprotect(t, t->mm, t->vcpu, addr, len, (int)prot);
}

long sys_brk(struct task *t, uaddr_t brk)
{
	long ret = (long)mm_brk(t, t->mm, t->vcpu, brk);

	task_tell_brk(t);
	return ret;
}

long sys_mremap(struct task *t, uaddr_t addr, size_t old_len, size_t new_len, unsigned long flags,
		uaddr_t new_addr)
{
	uaddr_t ret;
	int err;

	if (flags > INT32_MAX)
		return -EINVAL;
	err = mm_mremap(t, t->mm, t->vcpu, addr, old_len, new_len, (int)flags, new_addr, &ret);
	return err ? err : (long)ret;
}

long sys_madvise(struct task *t, uaddr_t start, size_t len, int behavior)
{
	return mm_madvise(t, t->mm, t->vcpu, start, len, behavior);
}

long sys_mincore(struct task *t, uaddr_t start, size_t len, uaddr_t vec)
{
	return mm_mincore(t->mm, t->vcpu, start, len, vec);
}

long sys_msync(struct task *t, uaddr_t start, size_t len, int flags)
{
	return mm_msync(t->mm, t->vcpu, start, len, flags);
}

long sys_mlock(struct task *t, uaddr_t start, size_t len)
{
	return mm_mlock(t, t->mm, t->vcpu, start, len, 0);
}

long sys_mlock2(struct task *t, uaddr_t start, size_t len, int flags)
{
	return mm_mlock(t, t->mm, t->vcpu, start, len, flags);
}

long sys_munlock(struct task *t, uaddr_t start, size_t len)
{
	return mm_munlock(t, t->mm, t->vcpu, start, len);
}

long sys_mlockall(struct task *t, int flags)
{
	if (!flags || flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) || flags == MCL_ONFAULT)
		return -EINVAL;
	return mm_mlockall(t, t->mm, t->vcpu, flags);
}

long sys_munlockall(struct task *t)
{
	return mm_mlockall(t, t->mm, t->vcpu, 0);
}

long sys_mseal(struct task *t, uaddr_t start, size_t len, unsigned long flags)
{
	size_t size = ALIGN_UP(len, PAGE_SIZE);

	if (flags || !IS_ALIGNED(start, PAGE_SIZE) || (len && !size) || start + size < start)
		return -EINVAL;
	return size ? mm_seal(t, t->mm, start, size) : 0;
}

/* As on Linux, the call is an mmap of the same file at another offset. */
long sys_remap_file_pages(struct task *t, uaddr_t start, size_t size, unsigned long prot,
			  unsigned long pgoff, unsigned long flags)
{
	cleanup_file struct file *f = NULL;
	struct mmap_req req = {
		.addr = ALIGN_DOWN(start, PAGE_SIZE),
		.len = ALIGN_DOWN(size, PAGE_SIZE),
		.flags = MAP_SHARED | MAP_FIXED | MAP_POPULATE | (int)(flags & MAP_NONBLOCK),
		.off = pgoff << PAGE_SHIFT,
	};
	struct vma_info vi = {0};
	uaddr_t ret;
	bool found;

	if (prot || req.addr + req.len <= req.addr || pgoff + (req.len >> PAGE_SHIFT) < pgoff ||
	    pgoff > UINT64_MAX >> PAGE_SHIFT)
		return -EINVAL;
	found = mm_next_vma(t->mm, req.addr, &vi);
	f = vi.file;
	if (!found || !f || vi.start > req.addr || vi.end < req.addr + req.len ||
	    !(vi.flags & VMA_SHARED))
		return -EINVAL;
	req.file = f;
	req.prot = vi.prot;
	if (vi.flags & VMA_LOCKED)
		req.flags |= MAP_LOCKED;
	return mm_mmap(t, t->mm, t->vcpu, &req, &ret);
}

/* There are no protection keys: what Linux says on a processor without them. */
long sys_pkey_alloc(struct task *t, unsigned long flags, unsigned long init_val)
{
	(void)t;
	return flags || init_val & ~3ul ? -EINVAL : -ENOSPC;
}

long sys_pkey_free(struct task *t, int pkey)
{
	(void)t, (void)pkey;
	return -EINVAL;
}

long sys_pkey_mprotect(struct task *t, uaddr_t start, size_t len, unsigned long prot, int pkey)
{
	return pkey == -1 ? sys_mprotect(t, start, len, prot) : -EINVAL;
}
