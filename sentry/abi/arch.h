/*
 * What an x86-64 kernel tells a program about the machine.
 */
#pragma once
#include <elf.h>

#include "abi/regs.h"

#define ARCH_ELF_MACHINE EM_X86_64
/* The end of what fs and gs may point at: beyond it the processor faults. */
#define ARCH_TLS_END        0x7ffffffff000ull

#define ARCH_PLATFORM       "x86_64" /* AT_PLATFORM */
#define ARCH_UTS_MACHINE    "x86_64"
#define ARCH_UTS_MACHINE_32 "i686"

/* arch_start_regs - the registers a program starts with: all zero but these */
static inline void arch_start_regs(struct regs *r, uaddr_t ip, uaddr_t sp)
{
	*r = (struct regs){
		.ip = ip,
		.sp = sp,
		.orig_ax = (u64)-1,
		.cs = 0x33,
		.ss = 0x2b,
		.flags = 0x202,
	};
}

/* arch_child_regs - clone(2) returns 0 to the child; @sp 0: the parent's stack */
static inline void arch_child_regs(struct regs *r, uaddr_t sp)
{
	r->ax = 0;
	r->orig_ax = (u64)-1;
	if (sp)
		r->sp = sp;
}

/* arch_set_tls - CLONE_SETTLS; @tls is below ARCH_TLS_END */
static inline void arch_set_tls(struct regs *r, u64 tls)
{
	r->fs_base = tls;
}
