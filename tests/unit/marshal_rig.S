/* The stub's marshalling as functions of this process: what is around it in the stub stands in. */
#include "platform/stub/layout.h"

	.text

/* void rig_marshal(void *channel) */
	.globl rig_marshal
rig_marshal:
	mov	%rdi, %r11
	jmp	stub_marshal

/* void rig_outs(void *channel) */
	.globl rig_outs
rig_outs:
	mov	%rdi, %r11
	jmp	stub_outs

	.globl rig_resume
rig_resume:
stub_post:
stub_outs_done:
	ret

#include "platform/stub/x86_64/marshal.S"

	.section .note.GNU-stack,"",@progbits
