/*
 * after vfork(2) the parent has the registers it had, vector registers and TLS
 * included, whatever the child did to its own; also with a vfork inside a vfork
 */
#include "t.h"

#include <asm/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define CHILD_CALLS                    \
	"pxor %%xmm7, %%xmm7\n\t"      \
	"mov $0xdead, %%r12\n\t"       \
	"mov %[arch_prctl], %%eax\n\t" \
	"mov %[set_fs], %%edi\n\t"     \
	"mov $0x1000, %%esi\n\t"       \
	"syscall\n\t"                  \
	"mov %[getpid], %%eax\n\t"     \
	"syscall\n\t"

#define IDS                                                                     \
	[vfork] "i"(SYS_vfork), [getpid] "i"(SYS_getpid), [exit] "i"(SYS_exit), \
		[arch_prctl] "i"(SYS_arch_prctl), [set_fs] "i"(ARCH_SET_FS)

struct seen {
	long ret;
	unsigned long xmm7, r12;
};

/* No stack is used between vfork and exit, so the child disturbs nothing of ours. */
static void vfork_once(struct seen *s)
{
	__asm__ volatile("mov $0x1234567, %%r12\n\t"
			 "movq %%r12, %%xmm7\n\t"
			 "mov %[vfork], %%eax\n\t"
			 "syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t" CHILD_CALLS "mov $7, %%edi\n\t"
			 "mov %[exit], %%eax\n\t"
			 "syscall\n\t"
			 "1: movq %%xmm7, %[xmm7]\n\t"
			 "mov %%r12, %[r12]\n\t"
			 : "=a"(s->ret), [xmm7] "=&r"(s->xmm7), [r12] "=&r"(s->r12)
			 : IDS
			 : "rcx", "r11", "rdi", "rsi", "r12", "xmm7", "memory");
}

static void vfork_twice(struct seen *s)
{
	__asm__ volatile("mov $0x1234567, %%r12\n\t"
			 "movq %%r12, %%xmm7\n\t"
			 "mov %[vfork], %%eax\n\t"
			 "syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov $0x777, %%r12\n\t"
			 "movq %%r12, %%xmm7\n\t"
			 "mov %[vfork], %%eax\n\t"
			 "syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 2f\n\t" CHILD_CALLS "mov $3, %%edi\n\t"
			 "jmp 3f\n\t"
			 "2: movq %%xmm7, %%rdi\n\t"
			 "xor %%r12, %%rdi\n\t" /* 0 if both are what they were */
			 "3: mov %[exit], %%eax\n\t"
			 "syscall\n\t"
			 "1: movq %%xmm7, %[xmm7]\n\t"
			 "mov %%r12, %[r12]\n\t"
			 : "=a"(s->ret), [xmm7] "=&r"(s->xmm7), [r12] "=&r"(s->r12)
			 : IDS
			 : "rcx", "r11", "rdi", "rsi", "r12", "xmm7", "memory");
}

static void check(const struct seen *s, int exit_code)
{
	T_GT(s->ret, 0);
	T_EQ(s->xmm7, 0x1234567);
	T_EQ(s->r12, 0x1234567);
	T_EXITED((pid_t)s->ret, exit_code);
}

int main(void)
{
	static __thread int mark = 42;
	struct seen s;

	vfork_once(&s);
	T_EQ(mark, 42);
	check(&s, 7);
	vfork_twice(&s);
	T_EQ(mark, 42);
	check(&s, 0);
	return 0;
}
