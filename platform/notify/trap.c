/*
 * Interception under a foreign filter: a container's seccomp profile, say.
 *
 * Of what several filters say the kernel does the strictest, and an outer ERRNO
 * is stricter than our USER_NOTIF: the guest would get errors from a profile
 * that is none of its business.  SECCOMP_RET_TRAP is stricter than ERRNO.  So
 * there the guest processes live under a second filter of ours: whatever is not
 * called from the stub's page ends in a SIGSYS, whose handler is the stub, which
 * parks.  The call is then read from the signal frame (x86_64/frame_call.c).  What
 * the stub calls is judged by the first filter alone, as ever.
 *
 * The second filter is put on by the zygote's last order.
 */
#include "platform/notify/trap.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "platform/notify/notify.h"

#define DATA(field)    ((u32)offsetof(struct seccomp_data, field))
#define DATA_HI(field) (DATA(field) + 4)

/* Jump by @no if the word loaded is not @k. */
#define NEED(k, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), 0, (no))
#define LOAD(off)   BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (off))

static const struct sock_filter trap_filter[] = {
	LOAD(DATA(arch)),
	NEED(AUDIT_ARCH_X86_64, 6),
	LOAD(DATA_HI(instruction_pointer)),
	NEED((u32)(STUB_BASE >> 32), 4),
	LOAD(DATA(instruction_pointer)),
	BPF_STMT(BPF_ALU | BPF_AND | BPF_K, ~(u32)(STUB_SIZE - 1)),
	NEED((u32)STUB_BASE, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
};

bool trap_is_needed(void)
{
	return prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER;
}

unsigned trap_order(struct channel *ch, unsigned n, size_t *scratch)
{
	struct sock_fprog prog = {.len = ARRAY_SIZE(trap_filter)};
	u64 filter = chan_scratch(ch, scratch, trap_filter, sizeof(trap_filter));

	prog.filter = (void *)(uintptr_t)filter;
	CHAN_ORDER(ch, n, SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0,
		   chan_scratch(ch, scratch, &prog, sizeof(prog)));
	return n + 1;
}
