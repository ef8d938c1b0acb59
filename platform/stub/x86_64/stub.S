/*
 * The stub: the only code of ours in a guest address space.
 *
 * It is entered as the handler of the host's signals (a kick, or a fault of the
 * guest), on the alternate stack inside its vcpu's channel, so that the guest's
 * whole context lies in memory the sentry sees.  It runs the orders it finds,
 * then parks: a system call that the sentry holds until it knows what next.
 *
 * It uses registers only: no stack of its own, no data.  A guest may jump here
 * with any registers; all it reaches are the calls the filter lets this page
 * make, which touch its own address space, and wake stubs that sleep on a bell.
 *
 *	rbx  channel            r13  the order at hand
 *	rsp  the signal frame   r14  orders done
 *	r15  last command       r12  orders to do
 */
#include <asm/unistd_64.h>

#include "platform/stub/layout.h"

/* The call that parks: one that every foreign filter allows. */
#define NR_PARK __NR_getppid

#define CLONE_VM   0x100
#define FUTEX_WAIT 0
#define FUTEX_WAKE 1
#define INT_MAX    0x7fffffff
#define EINTR      4
#define EAGAIN     11
#define PROT_RW    3
#define MAP_AT     0x11 /* MAP_SHARED | MAP_FIXED */

	.text

/* struct stub_table */
	.globl stub_table
stub_table:
	.quad stub_handler
	.quad stub_handler_fsgsbase
	.quad stub_park_ip
	.quad stub_born_ip
	.quad stub_clone_ip
	.quad stub_exit_ip
	.quad stub_order_ip
	.quad NR_PARK
	.quad stub_nested_ip
	.quad stub_fast
	.quad stub_posted
	.quad stub_fast_end
	.quad stub_kicked
	.quad stub_sleep_ip
	.quad stub_done
	.quad stub_post
	.quad stub_return_args
	.quad stub_marshal
	.quad stub_marshal_end
	.quad stub_outs
	.quad stub_outs_end
	.quad stub_local
	.quad stub_local_end
	.quad stub_post_bare
	.quad stub_full
	.quad stub_returns
	.quad stub_returns_end
	.quad stub_bulk
	.quad stub_bulk_end
	.quad stub_bulk_ended
	.quad stub_rest
	.quad stub_rest_end
	.quad stub_rested
	.quad stub_moved
	.quad stub_moved_on
	.quad stub_moved_end
	.org stub_table + STUB_TABLE_SIZE

/*
 * The zygote starts here, by execve: as a newborn without token, with its stack
 * shown.  Its stack pointer leaves for a place off the alternate stack.
 */
	.globl _start
_start:
	mov	%rsp, %rsi
	xor	%esp, %esp
	movabs	$CHAN_BASE, %r8
	xor	%r9d, %r9d
	xor	%edi, %edi
	jmp	born

/* Signal handler where the guest's segment bases can be read by an instruction. */
stub_handler_fsgsbase:
	mov	%rsp, %rbx
	and	$-CHAN_SIZE, %rbx
	rdfsbase %rax
	mov	%rax, CHAN_FS_BASE(%rbx)
	rdgsbase %rax
	mov	%rax, CHAN_GS_BASE(%rbx)

stub_handler:
	mov	%rsp, %rbx
	and	$-CHAN_SIZE, %rbx
	xor	%r15d, %r15d
	movabs	$STUB_BASE, %rcx
	mov	FRAME_IP(%rsp), %rdi
	mov	%rdi, %rax
	sub	%rcx, %rax
	cmp	$STUB_SIZE, %rax
	jae	run

/* It interrupted the stub itself: not a word in the channel may change. */
	mov	FRAME_SIGNO(%rsp), %esi
	mov	%rsp, %rdx
	mov	$NR_PARK, %eax
	syscall
stub_nested_ip:
	test	%rax, %rax
	js	dead
	jz	resume

run:
	mov	CHAN_NR_ORDERS(%rbx), %r12d
	movl	$0, CHAN_NR_ORDERS(%rbx)
	lea	CHAN_ORDERS(%rbx), %r13
	xor	%r14d, %r14d
	xor	%eax, %eax
next_order:
	cmp	%r12d, %r14d
	jae	stub_done
	mov	ORDER_NR(%r13), %rax
	mov	ORDER_ARGS(%r13), %rdi
	mov	ORDER_ARGS+8(%r13), %rsi
	mov	ORDER_ARGS+16(%r13), %rdx
	mov	ORDER_ARGS+24(%r13), %r10
	mov	ORDER_ARGS+32(%r13), %r8
	mov	ORDER_ARGS+40(%r13), %r9
	cmp	$__NR_clone, %rax
	je	clone
	cmp	$ORDER_CMPXCHG32, %rax
	je	cmpxchg32
	cmp	$ORDER_CMPXCHG64, %rax
	je	cmpxchg64
	syscall
stub_order_ip:
ordered:
	mov	%rax, ORDER_RET(%r13)
	cmp	$-4095, %rax
	jae	stub_done
	add	$ORDER_SIZE, %r13
	inc	%r14d
	jmp	next_order

cmpxchg32:
	mov	%esi, %eax
	lock cmpxchg %edx, (%rdi)
	mov	%eax, %eax
	jmp	ordered

/* What stood there may look like an error: it goes where the result of no order goes. */
cmpxchg64:
	mov	%rsi, %rax
	lock cmpxchg %rdx, (%rdi)
	mov	%rax, ORDER_ARGS+8(%r13)
	xor	%eax, %eax
	jmp	ordered

clone:
	syscall
stub_clone_ip:
	test	%rax, %rax
	jnz	ordered

/*
 * A new process or thread.  rdi: the flags of clone; r8: where its channel
 * stands; r9: its token, which tells the sentry who it is.  Its parent's
 * channel is not mapped here (MADV_DONTFORK), so no memory is touched before
 * its own one is.
 */
born:
	mov	%r8, %rbx
	mov	%edi, %r12d
	mov	%esp, %eax
	and	$(CHAN_SIZE - 1), %eax
	lea	(%rbx,%rax), %rsp
	mov	%r9, %rdi
	mov	$NR_PARK, %eax
	syscall
stub_born_ip:
	test	%rax, %rax
	js	dead
	test	$CLONE_VM, %r12d
	jnz	settled
	mov	%eax, %r13d
	mov	%rbx, %rdi
	mov	$CHAN_SIZE, %esi
	mov	$PROT_RW, %edx
	mov	$MAP_AT, %r10d
	mov	%r13d, %r8d
	xor	%r9d, %r9d
	mov	$__NR_mmap, %eax
	syscall
	cmp	%rbx, %rax
	jne	dead
	mov	%r13d, %edi
	mov	$__NR_close, %eax
	syscall
settled:
	mov	CHAN_TURN(%rbx), %r15d
	and	$(STUB_CMD_RUN | STUB_CMD_RESUME | STUB_CMD_EXIT), %r15d
	test	$STUB_CMD_EXIT, %r15d
	jnz	exit
	jmp	run

/* Tell the sentry how the orders went, and wait. */
stub_done:
	test	$STUB_CMD_RESUME, %r15d
	jnz	resume
	mov	%r14, CHAN_DONE(%rbx)
	mov	%rax, CHAN_LAST(%rbx)
	test	$STUB_CMD_CALL, %r15d
	jnz	fast_ordered
	mov	%rsp, CHAN_SP(%rbx)
	mov	$TURN_PARK, %eax
	xchg	%eax, CHAN_TURN(%rbx)
	cmpl	$0, CHAN_WATCHED(%rbx)
	je	park_sleep
	mov	CHAN_SPIN(%rbx), %ecx
park_spin:
	mov	CHAN_TURN(%rbx), %eax
	cmp	$TURN_PARK, %eax
	jne	park_answered
	pause
	dec	%ecx
	jnz	park_spin
park_sleep:
	mov	$TURN_PARK, %eax
park_sleep_from:
	mov	$(TURN_PARK | TURN_ASLEEP), %ecx
	lock cmpxchg %ecx, CHAN_TURN(%rbx)
	jne	park_answered
park_again:
	mov	$NR_PARK, %eax
	syscall
stub_park_ip:
	test	%rax, %rax
	js	dead
	mov	CHAN_TURN(%rbx), %eax
park_answered:
	cmp	$TURN_SLEEP, %eax
	je	park_sleep_from
	test	$TURN_CMD, %eax
	jz	park_again
	and	$(STUB_CMD_RUN | STUB_CMD_RESUME | STUB_CMD_EXIT), %eax
	mov	%eax, %r15d
	test	$STUB_CMD_EXIT, %r15d
	jnz	exit
	test	$STUB_CMD_RUN, %r15d
	jnz	run

resume:
	lea	8(%rsp), %rsp
	mov	$__NR_rt_sigreturn, %eax
	syscall
	/* The frame was refused, and the kernel has sent SIGSEGV. */
	hlt

exit:
	mov	%rbx, %rdi
	mov	$CHAN_SIZE, %esi
	mov	$__NR_munmap, %eax
	syscall
	xor	%edi, %edi
	mov	$__NR_exit, %eax
	syscall
stub_exit_ip:

/* The sentry is gone, so nobody could answer an exit: fault with all signals blocked. */
dead:
	hlt
	jmp	dead

#include "platform/stub/x86_64/fast.S"

	.section .note.GNU-stack,"",@progbits
