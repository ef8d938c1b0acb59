/*
 * read(2) and pread64(2) of the descriptor whose first bytes stand in the channel: copied
 * from there if they lie wholly among them, or behind them there is nothing.
 *
 * Entered from file_read, with all checked but the bytes.  A buffer that faults has the
 * call posted, as if nothing had been copied.  Goes on at stub_exchange.
 *
 *	r8   the code         rdi  the buffer         rdx, then r9  how many bytes
 *	r10  where they are   rsi  in the channel     rax, rcx  scratch
 */
#define STAT_FILE_SIZE 48 /* struct stat: st_size */

/* Copies that a string instruction makes faster. */
#define COPY_SHORT 256

stub_content:
	mov	CHAN_ARGS+24(%r11), %r10
	cmp	$MARSHAL_READ, %r8d
	jne	1f
	mov	FACT_POS(%r11), %r10
1:	mov	CHAN_BYTES_LEN(%r11), %ecx
	mov	%rcx, %rax
	sub	%r10, %rcx
	jb	file_posted
	cmp	%rcx, %rdx
	jbe	2f
	cmp	FACT_STAT+STAT_FILE_SIZE(%r11), %rax
	jne	file_posted
	mov	%rcx, %rdx
2:	test	%rdx, %rdx
	jz	local_done
	mov	%rdx, %r9
	mov	%rdx, %rcx
	cmp	$COPY_SHORT, %rcx
	jb	3f
	/* String instructions go the guest's way; one that goes down is left alone. */
	mov	%r11, %rsi
	lodsb
	cmp	%r11, %rsi
	jb	3f
	lea	CHAN_BYTES(%r11,%r10), %rsi
	rep movsb
	jmp	4f
3:	lea	CHAN_BYTES(%r11,%r10), %rsi
	COPY
4:	mov	%r9, %rdx
	cmp	$MARSHAL_READ, %r8d
	jne	local_done
	mov	%r10, %rax
	add	%r9, %r10
	lea	FACT_POS(%r11), %rsi
	jmp	stub_exchange
