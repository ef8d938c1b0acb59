/*
 * A system call that ended in a SIGSYS (trap.c), as the signal frame tells it.
 *
 * The kernel has put the registers back to what they were before the call: rax
 * is the number again, and stands above the result it will be.  Number and
 * address come from the siginfo: a number that looks like one of the kernel's
 * restart codes makes it take the delivery for a restart, and move ip and ax.
 */
#include <linux/audit.h>

#include "platform/notify/frame.h"
#include "platform/notify/notify.h"
#include "platform/notify/x86_64/sigframe.h"

#define GET(field)      __atomic_load_n(&f->field, __ATOMIC_RELAXED)
#define PUT(field, val) __atomic_store_n(&f->field, val, __ATOMIC_RELAXED)

#define SYSCALL_SIZE    2 /* bytes of the instruction; int $0x80 and sysenter are as long */

static void native_args(const struct sigframe *f, u64 args[6])
{
	args[0] = GET(di);
	args[1] = GET(si);
	args[2] = GET(dx);
	args[3] = GET(r10);
	args[4] = GET(r8);
	args[5] = GET(r9);
}

static void compat_args(const struct sigframe *f, u64 args[6])
{
	args[0] = (u32)GET(bx);
	args[1] = (u32)GET(cx);
	args[2] = (u32)GET(dx);
	args[3] = (u32)GET(si);
	args[4] = (u32)GET(di);
	args[5] = (u32)GET(bp);
}

void frame_call(struct vcpu *v, struct vcpu_event *ev)
{
	struct sigframe *f = vcpu_frame(v);
	u64 called_at = GET(info.addr);

	/* Only then: the vsyscall page's calls return to elsewhere. */
	if (GET(ip) == called_at - SYSCALL_SIZE)
		PUT(ip, called_at);
	PUT(ax, (u64)-ENOSYS);
	*ev = (struct vcpu_event){
		.kind = VCPU_SYSCALL,
		.call =
			{
				.nr = GET(info.syscall),
				.ip = GET(ip),
				.compat = GET(info.arch) != AUDIT_ARCH_X86_64,
			},
	};
	if (ev->call.compat)
		compat_args(f, ev->call.args);
	else
		native_args(f, ev->call.args);
	v->orig_ax = ev->call.nr;
}
