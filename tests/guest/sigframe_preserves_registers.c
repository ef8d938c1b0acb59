/*
 * a handler that clobbers everything leaves no trace in the registers of the
 * program
 */
#include "t.h"

static volatile int ran;

static void on_usr(int sig)
{
	ran = sig;
	asm volatile(
		"xor %%ebx, %%ebx\n\txor %%ecx, %%ecx\n\txor %%edx, %%edx\n\txor %%esi, %%esi\n\t"
		"xor %%edi, %%edi\n\txor %%r8d, %%r8d\n\txor %%r9d, %%r9d\n\txor %%r10d, %%r10d\n\t"
		"xor %%r11d, %%r11d\n\txor %%r12d, %%r12d\n\txor %%r13d, %%r13d\n\txor %%r14d, "
		"%%r14d\n\t"
		"xor %%r15d, %%r15d\n\tpxor %%xmm0, %%xmm0\n\tpxor %%xmm15, "
		"%%xmm15\n\tstd\n\tcld" ::
			: "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
			  "r14", "r15", "xmm0", "xmm15");
}

int main(void)
{
	unsigned long out[6];
	pid_t pid = getpid();
	long tid = t_gettid(), ret = SYS_tgkill;
	register unsigned long r12 asm("r12") = 0x1212, r13 asm("r13") = 0x1313;
	register unsigned long r14 asm("r14") = 0x1414, r15 asm("r15") = 0x1515;
	register unsigned long r8 asm("r8") = 0x0808, r9 asm("r9") = 0x0909;

	t_on_signal(SIGUSR1, on_usr, 0);
	r8 = 0x0808;
	r9 = 0x0909;
	asm volatile("syscall"
		     : "+a"(ret), "+r"(r8), "+r"(r9), "+r"(r12), "+r"(r13), "+r"(r14), "+r"(r15)
		     : "D"((long)pid), "S"(tid), "d"((long)SIGUSR1)
		     : "rcx", "r11", "memory");
	out[0] = r8;
	out[1] = r9;
	out[2] = r12;
	out[3] = r13;
	out[4] = r14;
	out[5] = r15;
	T_EQ(ret, 0);
	T_EQ(ran, SIGUSR1);
	T_EQ(out[0], 0x0808);
	T_EQ(out[1], 0x0909);
	T_EQ(out[2], 0x1212);
	T_EQ(out[3], 0x1313);
	T_EQ(out[4], 0x1414);
	T_EQ(out[5], 0x1515);
	return 0;
}
