/* The alternate signal stack of a thread: sigaltstack(2). */
#include "kernel/signal_internal.h"

#define ALTSTACK_MIN 2048

bool sigaltstack_is_on(const struct task *t, uaddr_t sp)
{
	uaddr_t base = (uaddr_t)(uintptr_t)t->altstack.ss_sp;

	/* One that disarms itself is off as soon as a handler runs on it. */
	if ((u32)t->altstack.ss_flags & ALTSTACK_AUTODISARM)
		return false;
	return sp > base && sp - base <= t->altstack.ss_size;
}

void sigaltstack_get(const struct task *t, uaddr_t sp, stack_t *ret)
{
	u32 mode = (u32)t->altstack.ss_flags & ALTSTACK_AUTODISARM;

	*ret = t->altstack;
	if (!t->altstack.ss_size)
		mode |= SS_DISABLE;
	else if (sigaltstack_is_on(t, sp))
		mode |= SS_ONSTACK;
	ret->ss_flags = (int)mode;
}

int sigaltstack_set(struct task *t, const stack_t *ss, uaddr_t sp)
{
	u32 flags = (u32)ss->ss_flags, mode = flags & ~ALTSTACK_AUTODISARM;

	if (t->altstack.ss_size && sigaltstack_is_on(t, sp))
		return -EPERM;
	if (mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0)
		return -EINVAL;
	if (mode == SS_DISABLE) {
		t->altstack = (stack_t){.ss_flags = (int)flags};
		return 0;
	}
	if (ss->ss_size < ALTSTACK_MIN)
		return -ENOMEM;
	t->altstack = (stack_t){
		.ss_sp = ss->ss_sp,
		.ss_flags = (int)flags,
		.ss_size = ss->ss_size,
	};
	return 0;
}
