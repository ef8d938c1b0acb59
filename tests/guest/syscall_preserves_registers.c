/* a system call changes rax, rcx and r11 and no other register */
#include "t.h"

int main(void)
{
	unsigned long in[12], out[12];
	long nr = SYS_getppid, ret;
	size_t i;

	for (i = 0; i < 12; i++)
		in[i] = 0x1122334455667700UL + i;
	asm volatile("push %%rbp\n\t"
		     "mov %[in], %%rax\n\t"
		     "push %[out]\n\t"
		     "push %[nr]\n\t"
		     "mov 0(%%rax), %%rdi\n\tmov 8(%%rax), %%rsi\n\tmov 16(%%rax), %%rdx\n\t"
		     "mov 24(%%rax), %%r8\n\tmov 32(%%rax), %%r9\n\tmov 40(%%rax), %%r10\n\t"
		     "mov 48(%%rax), %%rbx\n\tmov 56(%%rax), %%rbp\n\tmov 64(%%rax), %%r12\n\t"
		     "mov 72(%%rax), %%r13\n\tmov 80(%%rax), %%r14\n\tmov 88(%%rax), %%r15\n\t"
		     "pop %%rax\n\t"
		     "syscall\n\t"
		     "pop %%rcx\n\t"
		     "mov %%rdi, 0(%%rcx)\n\tmov %%rsi, 8(%%rcx)\n\tmov %%rdx, 16(%%rcx)\n\t"
		     "mov %%r8, 24(%%rcx)\n\tmov %%r9, 32(%%rcx)\n\tmov %%r10, 40(%%rcx)\n\t"
		     "mov %%rbx, 48(%%rcx)\n\tmov %%rbp, 56(%%rcx)\n\tmov %%r12, 64(%%rcx)\n\t"
		     "mov %%r13, 72(%%rcx)\n\tmov %%r14, 80(%%rcx)\n\tmov %%r15, 88(%%rcx)\n\t"
		     "pop %%rbp\n\t"
		     : "=a"(ret)
		     : [in] "r"(in), [out] "S"(out), [nr] "D"(nr)
		     : "rcx", "rdx", "r8", "r9", "r10", "r11", "rbx", "r12", "r13", "r14", "r15",
		       "memory", "cc");
	T_EQ(ret, getppid());
	T_MEM(out, in, sizeof(in));
	return 0;
}
