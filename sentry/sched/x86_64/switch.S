/*
 * void fiber_switch(void **save_sp, void *sp)
 *
 * Saves the callee-saved registers of the System V ABI on the running stack,
 * leaves its pointer in *save_sp, and goes on where @sp was saved.  The SSE and
 * x87 control words are part of the ABI's callee-saved state, but the sentry
 * never changes them.
 */
	.text
	.globl fiber_switch
	.hidden fiber_switch
	.type fiber_switch, @function
fiber_switch:
	.cfi_startproc
	endbr64
	push %rbp
	.cfi_adjust_cfa_offset 8
	push %rbx
	.cfi_adjust_cfa_offset 8
	push %r12
	.cfi_adjust_cfa_offset 8
	push %r13
	.cfi_adjust_cfa_offset 8
	push %r14
	.cfi_adjust_cfa_offset 8
	push %r15
	.cfi_adjust_cfa_offset 8
	mov %rsp, (%rdi)
	mov %rsi, %rsp
	pop %r15
	.cfi_adjust_cfa_offset -8
	pop %r14
	.cfi_adjust_cfa_offset -8
	pop %r13
	.cfi_adjust_cfa_offset -8
	pop %r12
	.cfi_adjust_cfa_offset -8
	pop %rbx
	.cfi_adjust_cfa_offset -8
	pop %rbp
	.cfi_adjust_cfa_offset -8
	ret
	.cfi_endproc
	.size fiber_switch, . - fiber_switch

/* The first frame of a fiber: its stack trace ends here. */
	.globl fiber_entry
	.hidden fiber_entry
	.type fiber_entry, @function
fiber_entry:
	.cfi_startproc
	.cfi_undefined rip
	xor %ebp, %ebp
	call fiber_first
	ud2
	.cfi_endproc
	.size fiber_entry, . - fiber_entry

	.section .note.GNU-stack, "", @progbits
