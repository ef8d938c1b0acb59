/* The stub's ELF file as the zygote executes it, inside bailey. */
	.section .rodata
	.balign 8
	.globl stub_image, stub_image_end
stub_image:
	.incbin "stub.elf"
stub_image_end:
	.section .note.GNU-stack,"",@progbits
