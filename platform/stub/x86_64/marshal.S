/*
 * The windows of a fast call: what its pointer arguments point to goes into
 * the channel before the call is posted, what the sentry answers comes out of
 * it before the guest goes on.
 *
 * What a number's arguments point to stands in marshal_items (genmarshal).  A
 * piece that is too long, or finds no room, is left out: the sentry then reads
 * the guest's memory itself.  So it does when a pointer is bad: the fault is
 * told to the sentry, which lets the call be posted with the pieces that are
 * whole.
 *
 *	r11  channel           r10  the piece at hand
 *	r9   the item at hand  r8   in a vector: its next element, else 0
 *	rsi, rdi, rcx  what is copied, where to, bytes; rax, rdx  scratch
 *
 * Nothing but these changes; no string instruction, since the guest's direction
 * flag stands as it is.
 */
#include <asm-generic/errno.h>
#include <asm/prctl.h>
#include <asm/unistd_64.h>
#define MARSHAL_FIXED 1    /* so many bytes */
#define MARSHAL_COUNT 2    /* elements that another argument counts */
#define MARSHAL_STR   3    /* up to a NUL */
#define MARSHAL_BITS  4    /* as many bits, in whole words */
#define MARSHAL_VEC   5    /* struct iovec, and what they point to */
#define MARSHAL_SEND  6    /* struct msghdr, and all it points to */
#define MARSHAL_RECV  7    /* struct msghdr and its vector */
#define MARSHAL_KIND  7    /* the bits of these */
#define MARSHAL_SLOT  0x10 /* with one of these, times an argument that is free for the bytes */
#define MARSHAL_LAST  0x80 /* with one of these: the end of the line */

/* Of marshal_index, and not a line: what may be answered here; local_lines has the line. */
#define MARSHAL_LOCAL  232
#define MARSHAL_TIDPTR 232 /* set_tid_address */
#define MARSHAL_ROBUST 233 /* set_robust_list */
#define MARSHAL_LIMIT  234 /* prlimit64 */
#define MARSHAL_BRK    235
#define MARSHAL_EXIT   236 /* exit_group */
#define MARSHAL_NONE   237 /* a call that is not there */
#define MARSHAL_BASE   238 /* arch_prctl */
#define MARSHAL_DENTS  239 /* getdents64 */
#define MARSHAL_READ   240
#define MARSHAL_PREAD  241
#define MARSHAL_LSEEK  242
#define MARSHAL_IOCTL  243
#define MARSHAL_FSTAT  244
#define MARSHAL_STATAT 245
#define MARSHAL_STAT   246
#define MARSHAL_CLOSE  247
#define MARSHAL_SIGNAL 249 /* rt_sigaction */
#define MARSHAL_IDS    250 /* and LOCAL_* */

#define IOVEC_SIZE 16

#define SEEK_CUR            1
#define TCGETS              0x5401
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_NO_AUTOMOUNT     0x800
#define AT_EMPTY_PATH       0x1000

/* struct sigaction as the kernel has it */
#define ACTION_HANDLER      0
#define ACTION_FLAGS        8
#define ACTION_RESTORER     16
#define ACTION_MASK         24
#define ACTION_HAS_RESTORER 0x04000000
#define KERNEL_SIGSET_SIZE  8
#define ROBUST_HEAD_SIZE    24

/* struct msghdr */
#define MSG_NAME       0
#define MSG_NAMELEN    8
#define MSG_IOV        16
#define MSG_IOVLEN     24
#define MSG_CONTROL    32
#define MSG_CONTROLLEN 40
#define MSG_SIZE       56

/*
 * rcx bytes, not 0, from rsi to rdi; rax, rdx, rcx, rsi, rdi are lost.  Words,
 * the last of which may overlap the one before.
 */
	.macro	COPY
	cmp	$8, %rcx
	jb	.Lsmall\@
	mov	-8(%rsi,%rcx), %rax
	mov	%rax, -8(%rdi,%rcx)
	dec	%rcx
	shr	$3, %rcx
	jz	.Ldone\@
	lea	(%rsi,%rcx,8), %rsi
	lea	(%rdi,%rcx,8), %rdi
	neg	%rcx
	jmp	.Lfour\@
.Lcopy\@:
	mov	-32(%rsi,%rcx,8), %rax
	mov	-24(%rsi,%rcx,8), %rdx
	mov	%rax, -32(%rdi,%rcx,8)
	mov	%rdx, -24(%rdi,%rcx,8)
	mov	-16(%rsi,%rcx,8), %rax
	mov	-8(%rsi,%rcx,8), %rdx
	mov	%rax, -16(%rdi,%rcx,8)
	mov	%rdx, -8(%rdi,%rcx,8)
.Lfour\@:
	add	$4, %rcx
	jle	.Lcopy\@
	sub	$4, %rcx
	jz	.Ldone\@
.Lone\@:
	mov	(%rsi,%rcx,8), %rax
	mov	%rax, (%rdi,%rcx,8)
	inc	%rcx
	jnz	.Lone\@
	jmp	.Ldone\@
.Lsmall\@:
	cmp	$4, %rcx
	jb	.Ltiny\@
	mov	(%rsi), %eax
	mov	-4(%rsi,%rcx), %edx
	mov	%eax, (%rdi)
	mov	%edx, -4(%rdi,%rcx)
	jmp	.Ldone\@
.Ltiny\@:
	movzbl	(%rsi), %eax
	movzbl	-1(%rsi,%rcx), %edx
	mov	%al, (%rdi)
	mov	%dl, -1(%rdi,%rcx)
	shr	$1, %rcx
	movzbl	(%rsi,%rcx), %eax
	mov	%al, (%rdi,%rcx)
.Ldone\@:
	.endm

/* The arguments as the guest had them. */
	.macro	LOAD_ARGS
	mov	CHAN_REGS(%r11), %rdi
	mov	CHAN_REGS+8(%r11), %rsi
	mov	CHAN_REGS+16(%r11), %rdx
	mov	CHAN_REGS+24(%r11), %r10
	mov	CHAN_REGS+32(%r11), %r8
	mov	CHAN_REGS+40(%r11), %r9
	.endm

/*
 * Entered with the call in the channel, and flags, return address and arguments
 * saved there; r11 the channel.
 */
	.globl stub_marshal
stub_marshal:
	mov	CHAN_NR(%r11), %rax
	cmp	$MARSHAL_NRS, %rax
	jae	stub_post_bare
	lea	marshal_index(%rip), %rcx
	movzbl	(%rcx,%rax), %eax
	cmp	$MARSHAL_LOCAL, %eax
	jae	stub_local
	test	%eax, %eax
	jz	stub_post_bare
marshal_call:
	lea	marshal_items - marshal_index(%rcx,%rax,4), %r9
	movl	$0, CHAN_INS(%r11)
	movzbl	(%r9), %r8d
	shr	$4, %r8d
	and	$7, %r8d
	jnz	marshal_inline
marshal_line:
	lea	CHAN_WIN_IN(%r11), %r10
	xor	%r8d, %r8d

marshal_item:
	mov	(%r9), %eax
	movzbl	%ah, %edx
	mov	CHAN_ARGS(%r11,%rdx), %rsi
	test	%rsi, %rsi
	jz	marshal_next
	mov	%eax, %edx
	shr	$16, %eax
	and	$MARSHAL_KIND, %edx
	movzbl	%al, %ecx
	cmp	$MARSHAL_COUNT, %edx
	jb	marshal_fixed
	ja	marshal_other
	mov	CHAN_ARGS(%r11,%rcx), %rcx
	cmp	$PIECE_MAX_IN, %rcx
	ja	marshal_next
	shr	$8, %eax
	imul	%rax, %rcx
	jmp	marshal_data

marshal_fixed:
	mov	%eax, %ecx

/* A piece of rcx bytes from rsi. */
marshal_data:
	lea	-1(%rcx), %rax
	cmp	$PIECE_MAX_IN - 1, %rax
	ja	marshal_done
	lea	PIECE_DATA+7(%r10,%rcx), %rdx
	and	$-8, %rdx
	lea	CHAN_WIN_IN+CHAN_WIN_SIZE(%r11), %rax
	cmp	%rax, %rdx
	ja	marshal_done
	mov	%rsi, PIECE_ADDR(%r10)
	mov	%rcx, PIECE_LEN(%r10)
	lea	PIECE_DATA(%r10), %rdi
	mov	%rdx, %r10
	COPY
marshal_whole:
	incl	CHAN_INS(%r11)
marshal_done:
	test	%r8, %r8
	jnz	marshal_vec
marshal_next:
	testb	$MARSHAL_LAST, (%r9)
	lea	4(%r9), %r9
	jz	marshal_item
	jmp	stub_post

marshal_other:
	cmp	$MARSHAL_BITS, %edx
	jb	marshal_str
	ja	marshal_gather
	mov	CHAN_ARGS(%r11,%rcx), %ecx
	add	$63, %ecx
	shr	$6, %ecx
	shl	$3, %ecx
	jmp	marshal_data

/*
 * A string: aligned words, none of which reaches into a page that the string
 * does not.  Bytes in front of it in its first word count as other than NUL.
 */
marshal_str:
	lea	CHAN_WIN_IN+CHAN_WIN_SIZE-PIECE_DATA-PIECE_MAX_STR-8(%r11), %rax
	cmp	%rax, %r10
	ja	marshal_next
	mov	%rsi, PIECE_ADDR(%r10)
	lea	PIECE_DATA(%r10), %rdi
	mov	%esi, %ecx
	and	$7, %ecx
	and	$-8, %rsi
	sub	%rcx, %rdi
	mov	(%rsi), %rax
	shl	$3, %ecx
	mov	$-1, %rdx
	shl	%cl, %rdx
	not	%rdx
	or	%rax, %rdx
	shr	%cl, %rax
	mov	%rax, PIECE_DATA(%r10)
	mov	%rdx, %rax
	mov	$PIECE_MAX_STR / 8, %ecx
	jmp	2f
1:	mov	(%rsi), %rax
	mov	%rax, (%rdi)
2:	mov	%rax, %rdx
	not	%rax
	sub	marshal_ones(%rip), %rdx
	and	%rax, %rdx
	and	marshal_tops(%rip), %rdx
	jnz	3f
	add	$8, %rsi
	add	$8, %rdi
	dec	%ecx
	jnz	1b
	/* Too long for all but one or two: what there is of it. */
	jmp	4f
3:	bsf	%rdx, %rdx
	shr	$3, %edx
	lea	1(%rdi,%rdx), %rdi
4:	lea	PIECE_DATA(%r10), %rcx
	sub	%rcx, %rdi
	mov	%rdi, PIECE_LEN(%r10)
	lea	7(%rcx,%rdi), %r10
	and	$-8, %r10
	jmp	marshal_whole

marshal_gather:
	cmp	$MARSHAL_SEND, %edx
	je	marshal_send
	ja	marshal_recv
	movq	$0, CHAN_VEC_MSG(%r11)
	mov	CHAN_ARGS(%r11,%rcx), %rcx

/* A vector of rcx elements at rsi; then what they point to. */
marshal_vec_at:
	mov	$CHAN_MAX_VEC, %eax
	cmp	%rax, %rcx
	cmova	%rax, %rcx
	shl	$4, %ecx
	jz	marshal_next
	lea	PIECE_DATA(%r10), %r8
	lea	(%r8,%rcx), %rax
	mov	%rax, CHAN_VEC_END(%r11)
	jmp	marshal_data

marshal_vec:
	cmp	CHAN_VEC_END(%r11), %r8
	jae	1f
	mov	(%r8), %rsi
	mov	8(%r8), %rcx
	add	$IOVEC_SIZE, %r8
	test	%rsi, %rsi
	jz	marshal_vec
	jmp	marshal_data
1:	xor	%r8d, %r8d
	mov	CHAN_VEC_MSG(%r11), %rax
	test	%rax, %rax
	jz	marshal_next
	mov	%r8, CHAN_VEC_MSG(%r11)
	mov	MSG_IOV(%rax), %rsi
	mov	MSG_IOVLEN(%rax), %rcx
	test	%rsi, %rsi
	jz	marshal_next
	jmp	marshal_vec_at

/* Name and control data are a vector of their own in front of the message's. */
marshal_send:
	mov	MSG_NAME(%rsi), %rax
	mov	%rax, CHAN_VEC(%r11)
	mov	MSG_NAMELEN(%rsi), %eax
	mov	%rax, CHAN_VEC+8(%r11)
	mov	MSG_CONTROL(%rsi), %rax
	mov	%rax, CHAN_VEC+IOVEC_SIZE(%r11)
	mov	MSG_CONTROLLEN(%rsi), %rax
	mov	%rax, CHAN_VEC+IOVEC_SIZE+8(%r11)
	lea	PIECE_DATA(%r10), %rdx
	lea	CHAN_VEC+2*IOVEC_SIZE(%r11), %rax
	jmp	marshal_msg

marshal_recv:
	mov	MSG_IOV(%rsi), %rax
	mov	%rax, CHAN_VEC(%r11)
	mov	MSG_IOVLEN(%rsi), %rcx
	mov	$CHAN_MAX_VEC, %eax
	cmp	%rax, %rcx
	cmova	%rax, %rcx
	shl	$4, %ecx
	mov	%rcx, CHAN_VEC+8(%r11)
	xor	%edx, %edx
	lea	CHAN_VEC+IOVEC_SIZE(%r11), %rax

marshal_msg:
	mov	%rdx, CHAN_VEC_MSG(%r11)
	mov	%rax, CHAN_VEC_END(%r11)
	lea	CHAN_VEC(%r11), %r8
	mov	$MSG_SIZE, %ecx
	jmp	marshal_data
/*
 * One piece, for which there is room in the first line if it is small; r8: the
 * first argument that is free.
 */
marshal_inline:
	mov	(%r9), %eax
	movzbl	%ah, %edx
	mov	CHAN_ARGS(%r11,%rdx), %rsi
	test	%rsi, %rsi
	jz	stub_post
	mov	%eax, %ecx
	shr	$16, %ecx
	and	$MARSHAL_KIND, %eax
	cmp	$MARSHAL_FIXED, %eax
	je	1f
	movzbl	%ch, %eax
	movzbl	%cl, %ecx
	mov	CHAN_ARGS(%r11,%rcx), %rcx
	cmp	$PIECE_MAX_IN, %rcx
	ja	stub_post
	imul	%rax, %rcx
1:	mov	$6, %eax
	sub	%r8d, %eax
	shl	$3, %eax
	lea	-1(%rcx), %r10
	cmp	%rax, %r10
	jae	marshal_line
	mov	%edx, %r10d
	shl	$13, %r10d
	mov	%r8d, %eax
	shl	$8, %eax
	or	%eax, %r10d
	or	%ecx, %r10d
	or	$INLINE, %r10d
	lea	CHAN_ARGS(%r11,%r8,8), %rdi
	COPY
	mov	%r10d, CHAN_INS(%r11)
	jmp	stub_post
	.globl stub_marshal_end
stub_marshal_end:

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
	LOAD_ARGS
	mov	CHAN_FLAGS(%r11), %rax
	add	$0x7f, %al
	sahf
	mov	CHAN_RESULT(%r11), %rax
	mov	CHAN_RET(%r11), %rcx
	jmp	*%rcx
stub_moved_end:

/* A call that carries nothing. */
	.globl stub_post_bare
stub_post_bare:
	movl	$0, CHAN_INS(%r11)
	jmp	stub_post

/* Entered with r11 the channel and CHAN_OUTS not 0. */
	.globl stub_outs
stub_outs:
	mov	CHAN_OUTS(%r11), %r9d
	test	%r9d, %r9d
	js	outs_inline
	and	$~OUTS_AT_END, %r9d
	jz	2f
	lea	CHAN_WIN_OUT(%r11), %r10
	prefetcht0 64(%r10)
	prefetcht0 128(%r10)
1:	mov	PIECE_ADDR(%r10), %rdi
	mov	PIECE_LEN(%r10), %rcx
	lea	PIECE_DATA(%r10), %rsi
	and	$PIECE_MASK_OUT, %ecx
	jz	2f
	lea	7(%rsi,%rcx), %r10
	and	$-8, %r10
	COPY
	dec	%r9d
	jnz	1b
2:	jmp	stub_outs_done

outs_inline:
	mov	CHAN_ARGS(%r11), %rdi
	lea	INLINE_DATA(%r11), %rsi
	mov	%r9d, %ecx
	and	$0x3f, %ecx
	jz	2b
	COPY
	jmp	stub_outs_done
	.globl stub_outs_end
stub_outs_end:

#include "gen/stub_calls.inc"

	.p2align 3
marshal_ones:
	.quad 0x0101010101010101
marshal_tops:
	.quad 0x8080808080808080
