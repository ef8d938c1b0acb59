/* a call made time and again changes rax, rcx and r11 only: not flags, vectors, the red zone */
#include <stddef.h>

#include "t.h"

struct state {
	unsigned long gpr[12];
	unsigned char xmm[16][16];
	unsigned long flags;
	unsigned char red[128];
};

/* Load everything from @in, make the call, store everything to @out. */
long through(const struct state *in, struct state *out, long nr);

__asm__(".text\n.globl through\n.type through,@function\nthrough:\n"
	"push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
	"sub $264, %rsp\n" /* room; the red zone of here is what lies below rsp */
	"mov %rdx, 256(%rsp)\nmov %rsi, 248(%rsp)\nmov %rdi, %rax\n"
	"pushq 0x160(%rax)\npopfq\n"
	"movdqu 0x60(%rax), %xmm0\nmovdqu 0x70(%rax), %xmm1\nmovdqu 0x80(%rax), %xmm2\n"
	"movdqu 0x150(%rax), %xmm15\n"
	"mov 0x168(%rax), %rcx\nmov %rcx, -8(%rsp)\nmov 0x1e0(%rax), %rcx\nmov %rcx, -128(%rsp)\n"
	"mov 0(%rax), %rdi\nmov 8(%rax), %rsi\nmov 16(%rax), %rdx\nmov 24(%rax), %r8\n"
	"mov 32(%rax), %r9\nmov 40(%rax), %r10\nmov 48(%rax), %rbx\nmov 56(%rax), %rbp\n"
	"mov 64(%rax), %r12\nmov 72(%rax), %r13\nmov 80(%rax), %r14\nmov 88(%rax), %r15\n"
	"mov 256(%rsp), %rax\n"
	"syscall\n"
	"mov %rcx, %rcx\nmov 248(%rsp), %rcx\n"
	"mov %rdi, 0(%rcx)\nmov %rsi, 8(%rcx)\nmov %rdx, 16(%rcx)\nmov %r8, 24(%rcx)\n"
	"mov %r9, 32(%rcx)\nmov %r10, 40(%rcx)\nmov %rbx, 48(%rcx)\nmov %rbp, 56(%rcx)\n"
	"mov %r12, 64(%rcx)\nmov %r13, 72(%rcx)\nmov %r14, 80(%rcx)\nmov %r15, 88(%rcx)\n"
	"movdqu %xmm0, 0x60(%rcx)\nmovdqu %xmm1, 0x70(%rcx)\nmovdqu %xmm2, 0x80(%rcx)\n"
	"movdqu %xmm15, 0x150(%rcx)\n"
	"mov -8(%rsp), %rdx\nmov %rdx, 0x168(%rcx)\nmov -128(%rsp), %rdx\nmov %rdx, 0x1e0(%rcx)\n"
	"pushfq\npopq 0x160(%rcx)\ncld\n"
	"add $264, %rsp\n"
	"pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\nret\n"
	".size through, .-through\n");

_Static_assert(offsetof(struct state, xmm) == 0x60, "");
_Static_assert(offsetof(struct state, flags) == 0x160, "");
_Static_assert(offsetof(struct state, red) == 0x168, "");

#define FLAGS_ALWAYS 0x202
/* CF PF AF ZF SF DF OF */
static const unsigned bits[] = {0, 2, 4, 6, 7, 10, 11};

int main(void)
{
	struct state in, out;
	long parent = getppid();

	for (unsigned i = 0; i < 256; i++) {
		for (unsigned k = 0; k < sizeof(in); k++)
			((unsigned char *)&in)[k] = (unsigned char)(k * 7 + i);
		in.flags = FLAGS_ALWAYS;
		for (unsigned k = 0; k < 7; k++)
			in.flags |= (unsigned long)(i >> k & 1) << bits[k];
		out = in;
		memset(out.gpr, 0, sizeof(out.gpr));
		T_EQ(through(&in, &out, SYS_getppid), parent);
		T_EQ(out.flags, in.flags);
		T_MEM(&out, &in, sizeof(in));
	}
	return 0;
}
