/*
 * size_t guarded_copy(void *dst, const void *src, size_t n)
 *
 * Copies; returns how many bytes were left when a page of @src could not be had:
 * 0 for all copied.  A fault at an instruction before guarded_copy_fault comes
 * back at that label (host/guard.c), where %rcx says what is left.  Nothing is
 * on the stack, so there is nothing to unwind.
 */
	.text
	.globl guarded_copy, guarded_copy_fault
	.hidden guarded_copy, guarded_copy_fault
	.type guarded_copy, @function
	.p2align 4
guarded_copy:
	.cfi_startproc
	endbr64
	mov %rdx, %rcx
	cmp $64, %rcx
	jb 2f
	cmp $2048, %rcx
	jae 2f
1:	movups (%rsi), %xmm0
	movups 16(%rsi), %xmm1
	movups 32(%rsi), %xmm2
	movups 48(%rsi), %xmm3
	movups %xmm0, (%rdi)
	movups %xmm1, 16(%rdi)
	movups %xmm2, 32(%rdi)
	movups %xmm3, 48(%rdi)
	add $64, %rsi
	add $64, %rdi
	sub $64, %rcx
	cmp $64, %rcx
	jae 1b
2:	rep movsb
guarded_copy_fault:
	mov %rcx, %rax
	ret
	.cfi_endproc
	.size guarded_copy, . - guarded_copy

	.section .note.GNU-stack, "", @progbits
