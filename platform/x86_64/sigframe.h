/*
 * The frame Linux lays on the stack for a 64-bit signal handler: struct
 * rt_sigframe of arch/x86/include/asm/sigframe.h.  Vector state follows it.
 */
#pragma once
#include "lib/base.h"

struct sigframe {
	u64 pretcode;
	u64 uc_flags, uc_link;
	u64 ss_sp;
	u32 ss_flags, ss_pad;
	u64 ss_size;
	u64 r8, r9, r10, r11, r12, r13, r14, r15;
	u64 di, si, bp, bx, dx, ax, cx, sp, ip, flags;
	u16 cs, gs, fs, ss;
	u64 err, trapno, oldmask, cr2;
	u64 fpstate; /* address of the vector state */
	u64 reserved[8];
	u64 sigmask;
	struct {
		u32 signo, err;
		s32 code;
		u32 pad;
		u64 addr;
		u32 syscall, arch; /* of a SIGSYS */
		u8 rest[96];
	} info;
};

_Static_assert(offsetof(struct sigframe, info) == 8 + 304, "struct ucontext is 304 bytes");
_Static_assert(sizeof(struct sigframe) == 8 + 304 + 128, "siginfo is 128 bytes");
