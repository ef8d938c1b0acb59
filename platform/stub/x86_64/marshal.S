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

/* Back to the guest, with CHAN_RESULT. */
	.macro	RETURN
	LOAD_ARGS
	mov	CHAN_FLAGS(%r11), %rax
	add	$0x7f, %al
	sahf
	mov	CHAN_RESULT(%r11), %rax
	mov	CHAN_RET(%r11), %rcx
	jmp	*%rcx
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

#include "platform/stub/x86_64/local.S"

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
