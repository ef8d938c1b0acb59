/*
 * The fast path: a call that comes through a trampoline is posted in the
 * channel, and answered there by a worker that looks.
 *
 *	rax  number          rcx  where to go on; a syscall stands two bytes before
 *	rdi, rsi, rdx, r10, r8, r9  arguments
 *
 * A system call destroys rcx and r11, and nothing else: flags are kept in the
 * channel from here to the end, argument registers are loaded from there again.
 * No stack and no vector register is touched.
 *
 * A kick may come at any instruction (dispatch.c): before the post and while
 * waiting it changes nothing, since the call will stop with the sentry anyway;
 * once the answer is there, the guest goes on at stub_full instead.
 */

/* The upper half of a channel's address, as bswap leaves it in the lower. */
#define GS_UPPER (((CHAN_BASE >> 32) & 0xff) << 24 | ((CHAN_BASE >> 40) & 0xff) << 16)

	.p2align 6
stub_fast:
	mov	%rcx, %r11
	/* Is %gs a channel's?  Its upper half says so; no flag may change yet. */
	rdgsbase %rcx
	bswap	%rcx
	lea	(0x100000000 - GS_UPPER)(%ecx), %ecx
	jrcxz	1f
	lea	-2(%r11), %r11
	jmp	*%r11
1:	mov	%r11, %gs:CHAN_RET
	mov	%rax, %gs:CHAN_NR
	mov	%rdi, %gs:CHAN_ARGS
	mov	%rdi, %gs:CHAN_REGS
	mov	%rsi, %gs:CHAN_ARGS+8
	mov	%rsi, %gs:CHAN_REGS+8
	mov	%rdx, %gs:CHAN_ARGS+16
	mov	%rdx, %gs:CHAN_REGS+16
	mov	%r10, %gs:CHAN_ARGS+24
	mov	%r10, %gs:CHAN_REGS+24
	mov	%r8, %gs:CHAN_ARGS+32
	mov	%r8, %gs:CHAN_REGS+32
	mov	%r9, %gs:CHAN_ARGS+40
	mov	%r9, %gs:CHAN_REGS+40
	lahf
	seto	%al
	mov	%rax, %gs:CHAN_FLAGS
	rdgsbase %r11

#include "platform/stub/x86_64/marshal.S"

stub_post:
	mov	$TURN_CALL, %eax
	xchg	%eax, CHAN_TURN(%r11)
stub_posted:
	cmpl	$0, CHAN_WATCHED(%r11)
	je	fast_sleep
	mov	CHAN_SPIN(%r11), %ecx
fast_spin:
	mov	CHAN_TURN(%r11), %eax
	cmp	$TURN_CALL, %eax
	jne	fast_answered
	pause
	dec	%ecx
	jnz	fast_spin
fast_sleep:
	mov	$TURN_CALL, %eax
fast_sleep_from:
	mov	$(TURN_CALL | TURN_ASLEEP), %ecx
	lock cmpxchg %ecx, CHAN_TURN(%r11)
	jne	fast_answered
fast_again:
	mov	$NR_PARK, %eax
	syscall
stub_sleep_ip:
	rdgsbase %r11
	test	%rax, %rax
	js	dead
stub_rested:
	mov	CHAN_TURN(%r11), %eax
fast_answered:
	cmp	$TURN_DONE, %eax
	jne	fast_other
stub_returns:
	cmpl	$0, CHAN_OUTS(%r11)
	jne	stub_outs
stub_return_args:
	prefetchw CHAN_TURN(%r11)
	RETURN

/* The orders that came with the answer are run, and a kick may have come meanwhile. */
fast_last_done:
	cmpl	$0, CHAN_KICKED(%r11)
	je	stub_returns
	jmp	stub_kicked
stub_returns_end:

/*
 * The call takes time.  Whoever is to run next on this core is woken from here, then
 * this thread sleeps.  Its bell is read before the turn: an answer after that has
 * advanced it.
 */
stub_rest:
	movabs	$BELLS_BASE, %r9
	xor	%r10d, %r10d
	mov	CHAN_RING(%r11), %edi
	and	$(BELLS_SIZE - 4), %edi
	jz	1f
	add	%r9, %rdi
	mov	$FUTEX_WAKE, %esi
	mov	$INT_MAX, %edx
	mov	$__NR_futex, %eax
	syscall
	rdgsbase %r11
1:	mov	$TURN_REST, %eax
	mov	$(TURN_CALL | TURN_RESTS), %ecx
	lock cmpxchg %ecx, CHAN_TURN(%r11)
	jne	fast_answered
2:	mov	CHAN_BELL(%r11), %edi
	and	$(BELLS_SIZE - 4), %edi
	add	%r9, %rdi
	mov	(%rdi), %edx
	mov	CHAN_TURN(%r11), %eax
	cmp	$(TURN_CALL | TURN_RESTS), %eax
	jne	fast_answered
	mov	$FUTEX_WAIT, %esi
	mov	$__NR_futex, %eax
	syscall
	rdgsbase %r11
	test	%eax, %eax
	jz	2b
	cmp	$-EAGAIN, %eax
	je	2b
	cmp	$-EINTR, %eax
	je	2b
	/* There is no bell, or the host refuses. */
	mov	$(TURN_CALL | TURN_RESTS), %eax
	jmp	fast_sleep_from
stub_rest_end:

fast_other:
	cmp	$TURN_BULK, %eax
	je	stub_bulk
	cmp	$TURN_REST, %eax
	je	stub_rest
	cmp	$TURN_SLEEP, %eax
	je	fast_sleep_from
	cmp	$TURN_FULL, %eax
	je	stub_full
	mov	$STUB_CMD_CALL, %ecx
	cmp	$TURN_ORDER, %eax
	je	1f
	mov	$(STUB_CMD_CALL | STUB_CMD_LAST), %ecx
	cmp	$TURN_LAST, %eax
	jne	fast_again

1:	mov	%rbx, CHAN_SAVE(%r11)
	mov	%r12, CHAN_SAVE+8(%r11)
	mov	%r13, CHAN_SAVE+16(%r11)
	mov	%r14, CHAN_SAVE+24(%r11)
	mov	%r15, CHAN_SAVE+32(%r11)
	mov	%r11, %rbx
	mov	%ecx, %r15d
	jmp	run

fast_ordered:
	mov	%rbx, %r11
	mov	%r15d, %eax
	xor	%ecx, %ecx
	cmp	%r12d, %r14d
	setae	%cl
	mov	CHAN_SAVE(%r11), %rbx
	mov	CHAN_SAVE+8(%r11), %r12
	mov	CHAN_SAVE+16(%r11), %r13
	mov	CHAN_SAVE+24(%r11), %r14
	mov	CHAN_SAVE+32(%r11), %r15
	test	$STUB_CMD_LAST, %eax
	jz	stub_post
	test	%ecx, %ecx
	jnz	fast_last_done
	movl	$INS_REFUSED, CHAN_INS(%r11)
	jmp	stub_post

#include "platform/stub/x86_64/bulk.S"

/* A kick has met the stub with the answer there: what is to be copied out is, then it parks. */
stub_kicked:
	movl	$1, CHAN_KICKED(%r11)
	cmpl	$0, CHAN_OUTS(%r11)
	jne	stub_outs
stub_outs_done:
	cmpl	$0, CHAN_KICKED(%r11)
	je	stub_return_args

/*
 * Build the signal frame that the host would have built had the guest been
 * kicked at the end of this call; what does not depend on the guest the sentry
 * fills in.
 */
stub_full:
	movl	$0, CHAN_KICKED(%r11)
	mov	CHAN_FRAME(%r11), %ecx
	and	$(CHAN_SIZE - 8), %ecx
	add	%r11, %rcx
	mov	%rbx, FRAME_BX(%rcx)
	mov	%rbp, FRAME_BP(%rcx)
	mov	%r12, FRAME_R12(%rcx)
	mov	%r13, FRAME_R13(%rcx)
	mov	%r14, FRAME_R14(%rcx)
	mov	%r15, FRAME_R15(%rcx)
	mov	%rsp, FRAME_SP(%rcx)
	mov	CHAN_FLAGS(%r11), %rax
	add	$0x7f, %al
	sahf
	mov	%rcx, %rsp
	pushfq
	pop	%rax
	mov	%rax, FRAME_FLAGS(%rcx)
	mov	%rax, FRAME_R11(%rcx)
	mov	CHAN_REGS(%r11), %rax
	mov	%rax, FRAME_DI(%rcx)
	mov	CHAN_REGS+8(%r11), %rax
	mov	%rax, FRAME_SI(%rcx)
	mov	CHAN_REGS+16(%r11), %rax
	mov	%rax, FRAME_DX(%rcx)
	mov	CHAN_REGS+24(%r11), %rax
	mov	%rax, FRAME_R10(%rcx)
	mov	CHAN_REGS+32(%r11), %rax
	mov	%rax, FRAME_R8(%rcx)
	mov	CHAN_REGS+40(%r11), %rax
	mov	%rax, FRAME_R9(%rcx)
	mov	CHAN_RET(%r11), %rax
	mov	%rax, FRAME_IP(%rcx)
	mov	%rax, FRAME_CX(%rcx)
	mov	%r11, %rbx
	cld
	rdfsbase %rax
	mov	%rax, CHAN_FS_BASE(%rbx)
	mov	%rbx, CHAN_GS_BASE(%rbx)
	mov	CHAN_FPU(%rbx), %ecx
	and	$(CHAN_SIZE - 64), %ecx
	add	%rbx, %rcx
	mov	CHAN_XMASK(%rbx), %eax
	mov	CHAN_XMASK+4(%rbx), %edx
	xsave64	(%rcx)
	xor	%r15d, %r15d
	jmp	run
stub_fast_end:
