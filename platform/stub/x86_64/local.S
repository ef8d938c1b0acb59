/*
 * Calls that are answered here, without the sentry: the caller's numbers, actions of
 * signals, what a program asks for at its start, and what the stub was told of files
 * (docs/platform.md, Facts).
 *
 * Entered from stub_marshal: r11 the channel, eax the call's MARSHAL_* code.
 */

/*
 * A call the sentry need not see.  A kick or a fault between here and
 * stub_local_end goes on at stub_post_bare, so that the call stops with the
 * sentry after all: what is done here may be done twice.
 */
	.globl stub_local
stub_local:
	cmp	$MARSHAL_EXIT, %eax
	je	stub_exit_group
	cmpl	$0, CHAN_LOCAL(%r11)
	je	local_posted
	cmp	$MARSHAL_SIGNAL, %eax
	je	stub_signal
	ja	local_id
	cmp	$MARSHAL_BASE, %eax
	ja	stub_file
	je	stub_base
	cmp	$MARSHAL_NONE, %eax
	jb	stub_begin
	mov	$-ENOSYS, %rcx
	jmp	local_result
local_id:
	mov	CHAN_IDS-4*MARSHAL_IDS(%r11,%rax,4), %ecx
local_result:
	mov	CHAN_FLAGS(%r11), %rax
	add	$0x7f, %al
	sahf
	mov	%rcx, %rax
	mov	CHAN_RET(%r11), %rcx
	jmp	*%rcx

/* The base of %fs, which an instruction sets as well. */
stub_base:
	cmpl	$ARCH_SET_FS, CHAN_ARGS(%r11)
	jne	stub_post_bare
	mov	CHAN_ARGS+8(%r11), %rax
	movabs	$STUB_USER_END, %rcx
	cmp	%rcx, %rax
	jae	stub_post_bare
	wrfsbase %rax
	xor	%ecx, %ecx
	jmp	local_result

/*
 * What each program asks and says at its start.  Of the pointers the sentry hears when it
 * wants to know.
 */
stub_begin:
	mov	CHAN_ARGS(%r11), %rdx
	cmp	$MARSHAL_ROBUST, %eax
	ja	begin_told
	je	begin_robust
	mov	%rdx, CHAN_TIDPTR(%r11)
	orl	$BEGUN_TID, CHAN_BEGUN(%r11)
	mov	CHAN_IDS+4*LOCAL_TID(%r11), %edx
	jmp	local_done

begin_robust:
	cmpq	$ROBUST_HEAD_SIZE, CHAN_ARGS+8(%r11)
	jne	stub_post_bare
	mov	%rdx, CHAN_ROBUST(%r11)
	orl	$BEGUN_ROBUST, CHAN_BEGUN(%r11)
	xor	%edx, %edx
	jmp	local_done

begin_told:
	cmp	$MARSHAL_LIMIT, %eax
	je	begin_limit
	test	%rdx, %rdx
	mov	CHAN_BRK(%r11), %rdx
	jnz	stub_post_bare
	test	%rdx, %rdx
	jz	stub_post_bare
	jmp	local_done

/* One's own, to be read: all else is posted, with the new one if there is one. */
begin_limit:
	cmpq	$0, CHAN_ARGS+16(%r11)
	jne	local_posted
	test	%edx, %edx
	jz	1f
	cmp	CHAN_IDS+4*LOCAL_PID(%r11), %edx
	jne	stub_post_bare
1:	mov	CHAN_ARGS+24(%r11), %rdi
	mov	CHAN_ARGS+8(%r11), %ecx
	test	%rdi, %rdi
	jz	stub_post_bare
	cmp	$NR_RLIMITS, %ecx
	jae	stub_post_bare
	shl	$4, %ecx
	cmpl	$0, CHAN_LIMITS(%r11)
	je	stub_post_bare
	mov	CHAN_RLIMITS(%r11,%rcx), %rax
	mov	CHAN_RLIMITS+8(%r11,%rcx), %rdx
	mov	%rax, (%rdi)
	mov	%rdx, 8(%rdi)
	xor	%edx, %edx
	jmp	local_done

/* The process ends: what it has used goes with the call, so that nobody has to ask. */
stub_exit_group:
	movq	$-1, CHAN_ARGS+40(%r11)
	xor	%edi, %edi
	lea	CHAN_SCRATCH(%r11), %rsi
	mov	$__NR_getrusage, %eax
	syscall
	rdgsbase %r11
	mov	%rax, CHAN_ARGS+40(%r11)
	jmp	stub_post_bare

/* Not here: eax as in marshal_index. */
local_posted:
	lea	marshal_index(%rip), %rcx
	movzbl	local_lines - marshal_index - MARSHAL_LOCAL(%rcx,%rax), %eax
	test	%eax, %eax
	jz	stub_post_bare
	jmp	marshal_call

/* Back to the guest with rdx. */
local_done:
	mov	%rdx, %rcx
	LOAD_ARGS
	jmp	local_result

/*
 * Of the file or directory that was opened last: read or getdents at its end, or read of
 * its first bytes (content.S), lseek to where it is, TCGETS, fstat, close; and stat of
 * places whose name we know.
 *
 *	r8   the code          rdi  where a struct stat or bytes go
 *	r10  the place         rsi  name, or what is copied
 *	r9   of a read: not 0 if CHAN_BYTES are the descriptor's
 */
stub_file:
	mov	%eax, %r8d
	cmp	$MARSHAL_STAT, %eax
	je	file_stat
	cmp	$MARSHAL_STATAT, %eax
	je	file_statat
	mov	CHAN_ARGS+8(%r11), %rdi
	cmp	$MARSHAL_PREAD, %eax
	ja	file_fd
	xor	%r9d, %r9d
	cmp	$MARSHAL_READ, %eax
	jb	1f
	mov	CHAN_BYTES_OF(%r11), %ecx
	dec	%ecx
	js	1f
	cmp	%ecx, CHAN_ARGS(%r11)
	jne	1f
	inc	%r9d
	jmp	file_fd
1:	cmp	$MARSHAL_PREAD, %eax
	je	file_posted
	testl	$OUTS_AT_END, CHAN_OUTS(%r11)
	jz	file_posted
file_fd:
	mov	FACT_FD(%r11), %ecx
	dec	%ecx
	js	file_posted
	cmp	%ecx, CHAN_ARGS(%r11)
	jne	file_posted
	movabs	$EPOCH, %rcx
	mov	(%rcx), %rcx
	cmp	%rcx, FACT_EPOCH(%r11)
	jne	file_posted
	cmp	$MARSHAL_LSEEK, %r8d
	jb	file_read
	je	file_lseek
	cmp	$MARSHAL_IOCTL, %r8d
	je	file_ioctl
	cmp	$MARSHAL_CLOSE, %r8d
	je	file_close
	lea	FACT_STAT(%r11), %rsi
file_copied:
	mov	$STAT_SIZE, %ecx
	COPY
	xor	%edx, %edx
	jmp	local_done

file_read:
	test	%r9d, %r9d
	jnz	1f
	mov	CHAN_NR(%r11), %eax
	cmp	%eax, FACT_NR(%r11)
	jne	file_posted
1:	movabs	$STUB_USER_END, %rax
	mov	CHAN_ARGS+16(%r11), %rdx
	cmp	%rax, %rdi
	ja	file_posted
	cmp	%rax, %rdx
	ja	file_posted
	lea	(%rdi,%rdx), %rcx
	cmp	%rax, %rcx
	ja	file_posted
	test	%r9d, %r9d
	jnz	stub_content
	xor	%edx, %edx
	jmp	local_done

file_lseek:
	test	%rdi, %rdi
	jnz	file_posted
	cmpl	$SEEK_CUR, CHAN_ARGS+16(%r11)
	jne	file_posted
	mov	FACT_POS(%r11), %rdx
	test	%rdx, %rdx
	js	file_posted
	jmp	local_done

file_ioctl:
	cmp	$TCGETS, %edi
	jne	file_posted
	mov	$-ENOTTY, %rdx
	jmp	local_done

/* The sentry hears of it with the next call. */
file_close:
	mov	CHAN_ARGS(%r11), %eax
	inc	%eax
	mov	%rax, %r10
	shl	$32, %r10
	xor	%r9d, %r9d
	lea	FACT_FD(%r11), %rsi
	jmp	stub_exchange

file_posted:
	mov	%r8d, %eax
	jmp	local_posted

file_statat:
	mov	CHAN_ARGS+8(%r11), %rsi
	mov	CHAN_ARGS+16(%r11), %rdi
	mov	CHAN_ARGS+24(%r11), %eax
	and	$~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT), %eax
	jz	file_place
	cmp	$AT_EMPTY_PATH, %eax
	jne	file_posted
	test	%rsi, %rsi
	jz	file_posted
	cmpb	$0, (%rsi)
	je	file_fd
	jmp	file_posted

file_stat:
	mov	CHAN_ARGS(%r11), %rsi
	mov	CHAN_ARGS+8(%r11), %rdi

/* rcx: the length of the name, byte for byte, as it may end with its page. */
file_place:
	xor	%ecx, %ecx
1:	cmpb	$0, (%rsi,%rcx)
	je	2f
	inc	%ecx
	cmp	$PLACE_NAME_MAX, %ecx
	jbe	1b
	jmp	file_posted
2:	cmp	$PLACE_NAME_MIN, %ecx
	jb	file_posted
	imul	$PLACE_HASH, -4(%rsi,%rcx), %eax
	shr	$29, %eax
	imul	$PLACE_SIZE, %eax, %eax
	lea	CHAN_PLACES(%r11,%rax), %r10
	cmp	%ecx, PLACE_LEN(%r10)
	jne	file_posted
	mov	(%rsi), %rax
	cmp	%rax, PLACE_NAME(%r10)
	jne	file_posted
3:	mov	-8(%rsi,%rcx), %rax
	cmp	%rax, PLACE_NAME-8(%r10,%rcx)
	jne	file_posted
	sub	$8, %ecx
	cmp	$8, %ecx
	ja	3b
	movabs	$EPOCH, %rcx
	mov	(%rcx), %rcx
	cmp	%rcx, PLACE_EPOCH(%r10)
	jne	file_posted
	lea	PLACE_STAT(%r10), %rsi
	jmp	file_copied

/*
 * rt_sigaction: of a signal whose action is plain, what it is, or to set it to
 * what it is.  Programs ask for the actions of all signals when they start, and
 * posix_spawn asks and sets.
 *
 *	rcx  signal - 1        rsi  new, rdi  old: one of them is 0
 *	rax, rdx  scratch
 */
stub_signal:
	mov	CHAN_ARGS(%r11), %ecx
	dec	%ecx
	cmp	$64, %ecx
	jae	signal_posted
	cmpq	$KERNEL_SIGSET_SIZE, CHAN_ARGS+24(%r11)
	jne	signal_posted
	mov	CHAN_ARGS+8(%r11), %rsi
	mov	CHAN_ARGS+16(%r11), %rdi
	test	%rsi, %rsi
	jnz	signal_set
	test	%rdi, %rdi
	jz	signal_posted
	mov	CHAN_PLAIN(%r11), %rax
	bt	%rcx, %rax
	jnc	signal_posted
	xor	%eax, %eax
	mov	CHAN_RESTORED(%r11), %rdx
	bt	%rcx, %rdx
	sbb	%rdx, %rdx
	mov	%rax, ACTION_HANDLER(%rdi)
	mov	%rax, ACTION_MASK(%rdi)
	mov	CHAN_RESTORER(%r11), %rax
	and	%rdx, %rax
	mov	%rax, ACTION_RESTORER(%rdi)
	and	$ACTION_HAS_RESTORER, %edx
	mov	%rdx, ACTION_FLAGS(%rdi)
signal_done:
	xor	%edx, %edx
	jmp	local_done

signal_set:
	test	%rdi, %rdi
	jnz	signal_posted
	mov	CHAN_SETTABLE(%r11), %rax
	bt	%rcx, %rax
	jnc	signal_posted
	cmp	%rdi, ACTION_HANDLER(%rsi)
	jne	signal_posted
	cmp	%rdi, ACTION_MASK(%rsi)
	jne	signal_posted
	cmpq	$ACTION_HAS_RESTORER, ACTION_FLAGS(%rsi)
	jne	signal_posted
	mov	ACTION_RESTORER(%rsi), %rax
	cmp	%rax, CHAN_RESTORER(%r11)
	jne	signal_posted
	mov	CHAN_RESTORED(%r11), %rax
	bts	%rcx, %rax
	mov	%rax, CHAN_RESTORED(%r11)
	jmp	signal_done

signal_posted:
	mov	$MARSHAL_SIGNAL, %eax
	jmp	local_posted

#include "platform/stub/x86_64/content.S"

/*
 * What may be done once only: the word at rsi is r10 now, if it was rax.  Behind that a kick
 * does not have the call made again, but end (dispatch.c).  r9: the result; r8: as of stub_file.
 */
stub_exchange:
	lock cmpxchg %r10, (%rsi)
	.globl stub_local_end
stub_local_end:
stub_moved:
	jne	file_posted
	mov	%r9, CHAN_RESULT(%r11)
stub_moved_on:
	RETURN
stub_moved_end:
