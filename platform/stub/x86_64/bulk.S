/*
 * A long copy between the guest's memory and the window that it shares with the
 * sentry, while the sentry is at work on the other end of it.  The call stays
 * posted, and is so again when the copy has ended.
 *
 *	r11  channel           r10d  how far it has come
 *	rsi, rdi, ecx  what is copied, where to, bytes; eax, edx, r9d  scratch
 *
 * A fault is told to the sentry, which sends it to stub_bulk_ended.
 */
stub_bulk:
	xor	%r10d, %r10d
	/* String instructions go the guest's way; one that goes down is left alone. */
	mov	%r11, %rsi
	lodsb
	cmp	%r11, %rsi
	jb	stub_bulk_ended
	mov	CHAN_BULK_FROM(%r11), %rsi
	mov	CHAN_BULK_TO(%r11), %rdi
bulk_next:
	/* Who is in the midst of a copy comes on, or the host has given its core away. */
	mov	CHAN_SPIN(%r11), %edx
	shl	$2, %edx
bulk_wait:
	mov	CHAN_BULK_HEAD(%r11), %ecx
	test	%ecx, %ecx
	js	stub_bulk_ended
	sub	%r10d, %ecx
	ja	bulk_copy
	pause
	dec	%edx
	jnz	bulk_wait
	jmp	stub_bulk_ended
bulk_copy:
	mov	$BULK_CHUNK, %eax
	cmp	%eax, %ecx
	cmova	%eax, %ecx
	lea	(%r10,%rcx), %r9d
	rep movsb
	mov	%r9d, %r10d
	cmp	CHAN_BULK_LEN(%r11), %r10d
	jae	stub_bulk_ended
	mov	%r10d, CHAN_BULK_TAIL(%r11)
	jmp	bulk_next
stub_bulk_end:

stub_bulk_ended:
	or	$BULK_ENDED, %r10d
	mov	$TURN_BULK, %eax
	mov	$TURN_CALL, %ecx
	lock cmpxchg %ecx, CHAN_TURN(%r11)
	mov	%r10d, CHAN_BULK_TAIL(%r11)
	je	stub_posted
	jmp	fast_answered
