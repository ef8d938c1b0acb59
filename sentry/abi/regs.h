/*
 * Guest registers, x86-64, in the order of Linux's struct user_regs_struct, so
 * that ptrace(PTRACE_GETREGS) and core dumps take it as it is.
 */
#pragma once
#include "lib/base.h"

struct regs {
	u64 r15, r14, r13, r12, bp, bx;
	u64 r11, r10, r9, r8;
	u64 ax, cx, dx, si, di;
	u64 orig_ax; /* number of the system call, or -1 */
	u64 ip, cs, flags, sp, ss;
	u64 fs_base, gs_base;
	u64 ds, es, fs, gs;
};
