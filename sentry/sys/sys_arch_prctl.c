/* arch_prctl(2): the bases of fs and gs */
#include <asm/prctl.h>

#include "abi/arch.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "mm/fastpath.h"
#include "mm/uaccess.h"
#include "platform/platform.h"

static long set_base(struct task *t, int option, u64 base)
{
	struct regs regs;
	int err;

	if (base >= ARCH_TLS_END)
		return -EPERM;
	err = fastpath_get_regs(t->mm, t->vcpu, &regs);
	if (err)
		return err;
	if (option == ARCH_SET_FS)
		regs.fs_base = base;
	else
		regs.gs_base = base;
	return fastpath_set_regs(t->mm, t->vcpu, &regs);
}

static long get_base(struct task *t, int option, uaddr_t to)
{
	struct regs regs;
	int err = fastpath_get_regs(t->mm, t->vcpu, &regs);

	if (err)
		return err;
	return put_user(t, option == ARCH_GET_FS ? regs.fs_base : regs.gs_base, to);
}

long sys_arch_prctl(struct task *t, int option, unsigned long arg2)
{
	switch (option) {
	case ARCH_SET_FS:
	case ARCH_SET_GS:
		return set_base(t, option, arg2);
	case ARCH_GET_FS:
	case ARCH_GET_GS:
		return get_base(t, option, arg2);
	case ARCH_GET_CPUID:
		return 1;
	default:
		return -EINVAL;
	}
}
