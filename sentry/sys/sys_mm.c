/* mmap(2), munmap(2), mprotect(2), pkey_mprotect(2), brk(2) */
#include <sys/mman.h>

#include "fs/fdtable.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "mm/mm.h"

long sys_mmap(struct task *t, uaddr_t addr, size_t len, int prot, int flags, int fd, off_t off)
{
	cleanup_file struct file *f = NULL;
	struct mmap_req req = {
		.addr = addr,
		.len = len,
		.prot = prot,
		.flags = flags,
		.off = (u64)off,
	};
	uaddr_t ret;
	int err;

	if (!IS_ALIGNED(req.off, PAGE_SIZE))
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS)) {
		f = fd_get(t, fd);
		if (!f)
			return -EBADF;
		req.file = f;
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
	return (long)mm_brk(t, t->mm, t->vcpu, brk);
}
