/* Host calls in a guest's address space: host_op.h */
#include "platform/host_op.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include "platform/stub/layout.h"

bool in_user(u64 addr, u64 size)
{
	return addr <= STUB_USER_END && size <= STUB_USER_END - addr;
}

/* The host may choose no address by itself: it would choose among ours. */
static bool mremap_is_sound(const u64 args[6])
{
	if (!in_user(args[0], args[1]) || !in_user(args[0], args[2]))
		return false;
	if (args[3] & MREMAP_FIXED)
		return in_user(args[4], args[2]);
	return !(args[3] & MREMAP_MAYMOVE);
}

bool host_op_is_sound(const struct host_op *op)
{
	switch (op->nr) {
	case SYS_mmap:
		return op->args[3] & (MAP_FIXED | MAP_FIXED_NOREPLACE) &&
		       in_user(op->args[0], op->args[1]);
	case SYS_mremap:
		return mremap_is_sound(op->args);
	case SYS_mincore:
		return in_user(op->args[0], op->args[1]) &&
		       in_user(op->args[2], op->args[1] / PAGE_SIZE + 1);
	case SYS_munmap:
	case SYS_mprotect:
	case SYS_madvise:
	case SYS_msync:
	case SYS_mlock:
	case SYS_munlock:
	case SYS_mlock2:
	case SYS_pkey_mprotect:
		return in_user(op->args[0], op->args[1]);
	case SYS_membarrier:
		return true;
	case HOST_OP_CMPXCHG64:
		return in_user(op->args[0], sizeof(u64)) && IS_ALIGNED(op->args[0], sizeof(u64));
	case SYS_arch_prctl:
		return op->args[0] == ARCH_SET_FS || op->args[0] == ARCH_SET_GS;
	default:
		return false;
	}
}
