/*
 * a handler starts with an aligned stack, the direction flag clear and its
 * arguments set
 */
#include "t.h"

static volatile unsigned long sp, flags;

static void body(int sig, siginfo_t *si, void *ctx)
{
	T_EQ(sig, SIGUSR1);
	T_EQ(si->si_signo, SIGUSR1);
	T_TRUE(ctx != NULL);
}

__attribute__((naked)) static void on_usr(int sig __attribute__((unused)),
					  siginfo_t *si __attribute__((unused)),
					  void *ctx __attribute__((unused)))
{
	asm volatile(
		"mov %%rsp, sp(%%rip)\n\tpushf\n\tpop %%rax\n\tmov %%rax, flags(%%rip)\n\tjmp *%0"
		:
		: "c"(body));
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_usr, .sa_flags = SA_SIGINFO};
	long ret = SYS_tgkill;

	T_OK(sigaction(SIGUSR1, &sa, NULL));
	asm volatile("std\n\tsyscall\n\tcld"
		     : "+a"(ret)
		     : "D"((long)getpid()), "S"((long)t_gettid()), "d"((long)SIGUSR1)
		     : "rcx", "r11", "memory");
	T_EQ(ret, 0);
	T_EQ(sp % 16, 8);
	T_EQ(flags & 0x400, 0);
	return 0;
}
