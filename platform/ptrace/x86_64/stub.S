/*
 * The stub of the ptrace platform: what guest threads run when the sentry has
 * work for them.  ptrace.h has the offsets.
 *
 * The tracer sets the registers, lets the thread run one of these instructions,
 * and it stops at the int3 behind it.  A guest that jumps here traps like
 * anywhere else: only a thread that the tracer sent here is let through.  Between
 * them stands int3 as well.
 */
#include "platform/ptrace/layout.h"

	.section .rodata
	.balign 16
	.globl pt_stub_code, pt_stub_code_end
pt_stub_code:
	/* The zygote begins here. */
	int3

	.org pt_stub_code + PT_STUB_SYSCALL, 0xcc
	syscall
	int3

	.org pt_stub_code + PT_STUB_CMPXCHG32, 0xcc
	lock cmpxchg %edx, (%rdi)
	int3

	.org pt_stub_code + PT_STUB_CMPXCHG64, 0xcc
	lock cmpxchg %rdx, (%rdi)
	int3

	/* Handler of the host's signals, when the tracer wants to see their frame. */
	.org pt_stub_code + PT_STUB_HANDLER, 0xcc
	int3
pt_stub_code_end:

	.section .note.GNU-stack,"",@progbits
