/*
 * The seccomp filter every guest process lives under, assembled by hand:
 * libseccomp cannot compare the instruction pointer.
 *
 * Everything is notified, 32-bit and x32 calls as well, so that the sentry
 * answers or kills.  Only calls made from the stub's page get through to the
 * host, and of these only those that touch the caller's own address space,
 * thread or transient descriptors, and bells.  clone and exit are not among them: each is
 * notified and let through where it was just ordered.
 */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "lib/alloc.h"
#include "platform/notify/notify.h"

#define DATA(field)    ((u32)offsetof(struct seccomp_data, field))
#define DATA_HI(field) (DATA(field) + 4)
#define FILTER_MAX     96

#define ARCH_SET_GS    0x1001
#define ARCH_GET_GS    0x1004

/* What the stub may do by itself, whatever the arguments. */
static const u32 stub_calls[] = {
	SYS_mmap,    SYS_munmap,        SYS_mprotect,  SYS_mremap,
	SYS_madvise, SYS_msync,         SYS_mlock,     SYS_mlock2,
	SYS_munlock, SYS_pkey_mprotect, SYS_close,     SYS_rt_sigreturn,
	SYS_mincore, SYS_membarrier,    SYS_getrusage, SYS_rt_sigprocmask,
};

struct assembler {
	struct sock_filter prog[FILTER_MAX];
	unsigned n;
};

static void emit(struct assembler *a, u16 code, u32 k, u8 jt, u8 jf)
{
	assert(a->n < FILTER_MAX);
	a->prog[a->n++] = (struct sock_filter){.code = code, .jt = jt, .jf = jf, .k = k};
}

static void load(struct assembler *a, u32 off)
{
	emit(a, BPF_LD | BPF_W | BPF_ABS, off, 0, 0);
}

static void answer(struct assembler *a, u32 action)
{
	emit(a, BPF_RET | BPF_K, action, 0, 0);
}

/* Notified unless the word loaded is @k. */
static void need(struct assembler *a, u32 k)
{
	emit(a, BPF_JMP | BPF_JEQ | BPF_K, k, 1, 0);
	answer(a, SECCOMP_RET_USER_NOTIF);
}

static void allow_if(struct assembler *a, u32 k)
{
	emit(a, BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1);
	answer(a, SECCOMP_RET_ALLOW);
}

/* Notified unless @lo <= word <= @hi. */
static void need_range(struct assembler *a, u32 lo, u32 hi)
{
	emit(a, BPF_JMP | BPF_JGE | BPF_K, lo, 0, 1);
	emit(a, BPF_JMP | BPF_JGT | BPF_K, hi, 0, 1);
	answer(a, SECCOMP_RET_USER_NOTIF);
}

/* The stub's thread may read and set its segment bases, and nothing else of arch_prctl. */
static void emit_arch_prctl(struct assembler *a)
{
	unsigned skip = a->n;

	emit(a, BPF_JMP | BPF_JEQ | BPF_K, SYS_arch_prctl, 0, 0);
	load(a, DATA_HI(args[0]));
	need(a, 0);
	load(a, DATA(args[0]));
	need_range(a, ARCH_SET_GS, ARCH_GET_GS);
	answer(a, SECCOMP_RET_ALLOW);
	a->prog[skip].jf = (u8)(a->n - skip - 1);
}

/* It may ask to die with the sentry, and for no other signal. */
static void emit_pdeathsig(struct assembler *a)
{
	unsigned skip = a->n;

	emit(a, BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 0);
	load(a, DATA(args[0]));
	need(a, PR_SET_PDEATHSIG);
	load(a, DATA_HI(args[1]));
	need(a, 0);
	load(a, DATA(args[1]));
	need(a, SIGKILL);
	answer(a, SECCOMP_RET_ALLOW);
	a->prog[skip].jf = (u8)(a->n - skip - 1);
}

/* It may sleep on a bell until it is rung, and ring one, and nothing else of futex. */
static void emit_futex(struct assembler *a)
{
	unsigned skip = a->n;

	emit(a, BPF_JMP | BPF_JEQ | BPF_K, SYS_futex, 0, 0);
	load(a, DATA_HI(args[0]));
	need(a, (u32)(BELLS_BASE >> 32));
	load(a, DATA(args[0]));
	need_range(a, (u32)BELLS_BASE, (u32)BELLS_BASE + BELLS_SIZE - 1);
	load(a, DATA_HI(args[1]));
	need(a, 0);
	load(a, DATA(args[1]));
	need_range(a, FUTEX_WAIT, FUTEX_WAKE);
	load(a, DATA_HI(args[3]));
	need(a, 0);
	load(a, DATA(args[3]));
	need(a, 0);
	answer(a, SECCOMP_RET_ALLOW);
	a->prog[skip].jf = (u8)(a->n - skip - 1);
}

int guest_filter_build(struct sock_fprog *ret)
{
	struct assembler a = {.n = 0};

	load(&a, DATA(arch));
	need(&a, AUDIT_ARCH_X86_64);
	load(&a, DATA_HI(instruction_pointer));
	need(&a, (u32)(STUB_BASE >> 32));
	load(&a, DATA(instruction_pointer));
	emit(&a, BPF_ALU | BPF_AND | BPF_K, ~(u32)(STUB_SIZE - 1), 0, 0);
	need(&a, (u32)STUB_BASE);
	load(&a, DATA(nr));
	for (unsigned i = 0; i < ARRAY_SIZE(stub_calls); i++)
		allow_if(&a, stub_calls[i]);
	emit_arch_prctl(&a);
	emit_pdeathsig(&a);
	emit_futex(&a);
	answer(&a, SECCOMP_RET_USER_NOTIF);

	ret->filter = kmemdup(a.prog, a.n * sizeof(a.prog[0]));
	if (!ret->filter)
		return -ENOMEM;
	ret->len = (unsigned short)a.n;
	return 0;
}
