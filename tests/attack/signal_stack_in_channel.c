/*
 * Row 18: an alternate stack, a handler or a stack pointer inside the stub's
 * and the channels' memory
 */
#include "a.h"

static void attack_altstack(void *arg)
{
	stack_t ss = {.ss_sp = arg, .ss_size = 16384};

	sigaltstack(&ss, NULL);
	t_on_signal(SIGUSR1, t_ignore_signal, SA_ONSTACK);
	raise(SIGUSR1);
}

static void attack_handler(void *arg)
{
	t_on_signal(SIGUSR1, (void (*)(int))(uintptr_t)arg, 0);
	raise(SIGUSR1);
}

static void attack_stack(void *arg)
{
	t_on_signal(SIGUSR1, t_ignore_signal, 0);
	asm volatile("mov %0, %%rsp\n\tsyscall\n\tud2"
		     :
		     : "r"(arg), "a"((long)SYS_tgkill), "D"((long)getpid()), "S"((long)t_gettid()),
		       "d"((long)SIGUSR1)
		     : "memory");
}

int main(void)
{
	static const uintptr_t places[] = {STUB_BASE, STUB_BASE + 64,
					   CHAN_BASE, CHAN_BASE + CHAN_SIZE,
					   CHAN_END,  STUB_BASE + STUB_SIZE};
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		a_try_for(200, attack_altstack, (void *)places[i]);
		a_try_for(200, attack_handler, (void *)places[i]);
		a_try_for(200, attack_stack, (void *)places[i]);
	}
	a_survives();
	return 0;
}
