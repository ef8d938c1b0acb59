/* a program that steps itself through its calls sees addresses of its own, and right results */
#include "site.h"

#include <ucontext.h>

#define FLAG_TF 0x100

static volatile uintptr_t low, high, outside;
static volatile int steps;

long stepped(const unsigned char *at);
extern const char stepped_begin[], stepped_end[];

/* Call @at with the trap flag on. */
__asm__(".text\n.globl stepped, stepped_begin, stepped_end\nstepped:\nstepped_begin:\n"
	"sub $8, %rsp\n"
	"pushfq\norq $0x100, (%rsp)\npopfq\n"
	"call *%rdi\n"
	"pushfq\nandq $~0x100, (%rsp)\npopfq\n"
	"add $8, %rsp\nret\nstepped_end:\n");

static void on_trap(int sig, siginfo_t *info, void *uc)
{
	uintptr_t ip = (uintptr_t)((ucontext_t *)uc)->uc_mcontext.gregs[REG_RIP];

	(void)sig;
	(void)info;
	steps++;
	if (!(ip >= low && ip < high) &&
	    !(ip >= (uintptr_t)stepped_begin && ip <= (uintptr_t)stepped_end))
		outside = ip;
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
	unsigned char *m = site_page();
	pid_t parent = getppid();

	for (unsigned i = 0; i < NR_SITES; i++)
		site_put(m + 32 * i + 3, &sites[i]);
	site_seal(m);
	low = (uintptr_t)m;
	high = low + SITE_PAGE;
	T_OK(sigaction(SIGTRAP, &sa, NULL));
	for (unsigned k = 0; k < 12; k++) {
		for (unsigned i = 0; i < NR_SITES; i++) {
			/* Stepped from the start, and when it was made without before. */
			if (k % 4 == 3)
				for (int n = 0; n < 4; n++)
					T_EQ(site_call(m + 32 * i + 3), parent);
			steps = 0;
			T_EQ(stepped(m + 32 * i + 3), parent);
			if (outside)
				t_die("stepped at %#lx", (unsigned long)outside);
			/* mov, syscall, ret, and the end of `stepped` at least */
			T_GE(steps, 5);
		}
	}
	return 0;
}
