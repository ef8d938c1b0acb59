/* a signal frame is built below the 128 bytes under the stack pointer */
#include "t.h"

static volatile int ran;

static void on_alarm(int sig)
{
	volatile char deep[4096];

	memset((void *)deep, 0xff, sizeof(deep));
	ran = sig;
}

int main(void)
{
	struct itimerval it = {{0, 0}, {0, 1000}};
	unsigned long a, b;

	t_on_signal(SIGALRM, on_alarm, 0);
	T_OK(setitimer(ITIMER_REAL, &it, NULL));
	asm volatile("movq $0x11, -8(%%rsp)\n\tmovq $0x22, -128(%%rsp)\n"
		     "1:\tmov (%[ran]), %%eax\n\ttest %%eax, %%eax\n\tjz 1b\n\t"
		     "mov -8(%%rsp), %[a]\n\tmov -128(%%rsp), %[b]"
		     : [a] "=&r"(a), [b] "=&r"(b)
		     : [ran] "r"(&ran)
		     : "eax", "memory");
	T_EQ(a, 0x11);
	T_EQ(b, 0x22);
	return 0;
}
