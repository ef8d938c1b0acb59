/*
 * A call through its site.  All registers, flags, the red zone and the vectors
 * are filled before and compared after; the handler of a signal that meets it
 * compares what it finds in its ucontext.
 */
#include <stddef.h>
#include <ucontext.h>

#include "tests/step/guest/guest.h"

#define FLAGS 0xed7 /* all that a program may change, and what is always there */

struct state {
	uint64_t di, si, dx, r10, r8, r9; /* arguments */
	uint64_t bx, bp, r12, r13, r14, r15;
	uint64_t flags, ax;
	unsigned char red[128];
	unsigned char xmm[16][16];
	uint32_t mxcsr;
	uint16_t fpucw;
};

_Static_assert(offsetof(struct state, flags) == 96, "probe");
_Static_assert(offsetof(struct state, red) == 112, "probe");
_Static_assert(offsetof(struct state, xmm) == 240, "probe");
_Static_assert(offsetof(struct state, mxcsr) == 496, "probe");

/* Load @in, call @code with @nr in rax, store to @out. */
void probe(const struct state *in, struct state *out, uint64_t code, long nr);

#define LOAD(n)  "movdqu 240+16*" #n "(%rax), %xmm" #n "\n"
#define STORE(n) "movdqu %xmm" #n ", 240+16*" #n "(%rcx)\n"
#define ALL(op)                                                                                 \
	op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) op(8) op(9) op(10) op(11) op(12) op(13) \
		op(14) op(15)

/* The red zone lies below the return address that `call` pushes. */
__asm__(".text\n.globl probe\n.type probe,@function\nprobe:\n"
	"push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
	"sub $40, %rsp\n"
	"mov %rsi, 8(%rsp)\nmov %rdx, 16(%rsp)\nmov %rcx, 24(%rsp)\n"
	"mov %rdi, %rax\nxor %ecx, %ecx\n"
	"1: mov 112(%rax,%rcx,8), %rdx\nmov %rdx, -136(%rsp,%rcx,8)\n"
	"inc %ecx\ncmp $16, %ecx\njb 1b\n" ALL(
		LOAD) "ldmxcsr 496(%rax)\nfldcw 500(%rax)\n"
		      "pushq 96(%rax)\npopfq\n"
		      "mov 0(%rax), %rdi\nmov 8(%rax), %rsi\nmov 16(%rax), %rdx\nmov 24(%rax), "
		      "%r10\n"
		      "mov 32(%rax), %r8\nmov 40(%rax), %r9\nmov 48(%rax), %rbx\nmov 56(%rax), "
		      "%rbp\n"
		      "mov 64(%rax), %r12\nmov 72(%rax), %r13\nmov 80(%rax), %r14\nmov 88(%rax), "
		      "%r15\n"
		      "mov 24(%rsp), %rax\n"
		      "call *16(%rsp)\n"
		      "mov 8(%rsp), %rcx\n"
		      "mov %rdi, 0(%rcx)\nmov %rsi, 8(%rcx)\nmov %rdx, 16(%rcx)\nmov %r10, "
		      "24(%rcx)\n"
		      "mov %r8, 32(%rcx)\nmov %r9, 40(%rcx)\nmov %rbx, 48(%rcx)\nmov %rbp, "
		      "56(%rcx)\n"
		      "mov %r12, 64(%rcx)\nmov %r13, 72(%rcx)\nmov %r14, 80(%rcx)\nmov %r15, "
		      "88(%rcx)\n"
		      "mov %rax, 104(%rcx)\npushfq\npopq 96(%rcx)\ncld\n"
		      "xor %eax, %eax\n"
		      "1: mov -136(%rsp,%rax,8), %rdx\nmov %rdx, 112(%rcx,%rax,8)\n"
		      "inc %eax\ncmp $16, %eax\njb 1b\n" ALL(
			      STORE) "stmxcsr 496(%rcx)\nfnstcw 500(%rcx)\n"
				     "add $40, %rsp\n"
				     "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop "
				     "%rbx\nret\n"
				     ".size probe, .-probe\n");

/* Of the call at hand, for the handler. */
static struct state in;
static const struct step_call *volatile now;

long result;
uint32_t kicked_self;

extern const char etext[], __executable_start[];

void same(const char *at, unsigned line, uint64_t got, uint64_t want)
{
	if (got == want || sh.failed)
		return;
	sh.got = got;
	sh.want = want;
	strncpy(sh.file, at, sizeof(sh.file) - 1);
	sh.failed = line;
}

void on_signal(int sig, siginfo_t *info, void *ctx)
{
	const greg_t *r = ((ucontext_t *)ctx)->uc_mcontext.gregs;
	const struct step_call *c = now;
	uint64_t ip = (uint64_t)r[REG_RIP];

	SAME(info->si_pid, sig == SIGWINCH ? pid : sender);
	if (c && ip - c->code < c->len) {
		SAME(r[REG_RDI], in.di);
		SAME(r[REG_RSI], in.si);
		SAME(r[REG_RDX], in.dx);
		SAME(r[REG_R10], in.r10);
		SAME(r[REG_R8], in.r8);
		SAME(r[REG_R9], in.r9);
		SAME(r[REG_RBX], in.bx);
		SAME(r[REG_RBP], in.bp);
		SAME(r[REG_R12], in.r12);
		SAME(r[REG_R13], in.r13);
		SAME(r[REG_R14], in.r14);
		SAME(r[REG_R15], in.r15);
		SAME((r[REG_EFL] & FLAGS), (in.flags & FLAGS));
	} else if (ip < (uint64_t)__executable_start || ip >= (uint64_t)etext) {
		SAME(ip, __executable_start);
	}
	if (c && c->flags & STEP_BLOCKS && sig != SIGUSR2)
		SAME(write(vain[1], "x", 1), 1);
	if (sig != SIGWINCH)
		sh.handled++;
	else
		kicked_self++;
}

/* From now on the driver stops us, or no longer; without a call. */
static void await(volatile uint32_t *said, const volatile uint32_t *heard)
{
	*said = sh.go;
	while (sh.ready && *heard != sh.go)
		__builtin_ia32_pause();
}

void make(const struct step_call *c, long nr, const uint64_t args[6])
{
	struct state out;

	for (unsigned k = 0; k < sizeof(in); k++)
		((unsigned char *)&in)[k] = (unsigned char)(k * 7 + sh.go);
	memcpy(&in, args, 6 * sizeof(*args));
	in.mxcsr = 0x1f80 | (sh.go & 3) << 13;
	in.fpucw = (uint16_t)(0x37f | (sh.go & 3) << 10);
	/* All of them set, then none, then every other one. */
	in.flags = 0x202 | (sh.go % 3 == 0 ? FLAGS : sh.go % 3 == 1 ? 0 : 0x891);
	if (!sh.ready && c->flags & STEP_BLOCKS)
		SAME(write(vain[1], "x", 1), 1);
	await(&sh.prepared, &sh.start);
	now = c;
	probe(&in, &out, c->code, nr);
	now = NULL;
	await(&sh.over, &sh.ack);
	result = (long)out.ax;
	SAME(out.flags, in.flags);
	for (unsigned i = 0; i < 12; i++)
		SAME((&out.di)[i], (&in.di)[i]);
	SAME(memcmp(out.red, in.red, sizeof(in.red)), 0);
	SAME(memcmp(out.xmm, in.xmm, sizeof(in.xmm)), 0);
	SAME(out.mxcsr, in.mxcsr);
	SAME(out.fpucw, in.fpucw);
}
