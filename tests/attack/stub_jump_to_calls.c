/*
 * Row 16, invariant 2: the stub's own system call instructions, called with
 * arguments of the guest's choice. They may spoil the caller's address space
 * and nothing else: no file, socket, process or signal that the sentry did not
 * order.
 */
#include "a.h"

struct call {
	long nr, a, b, c, d;
};

static uintptr_t at; /* the instruction to jump to */

static void jump(void *arg)
{
	struct call *call = arg;

	asm volatile("mov %[d], %%r10\n\tjmp *%[at]"
		     :
		     : [at] "r"(at), "a"(call->nr), "D"(call->a), "S"(call->b),
		       "d"(call->c), [d] "r"(call->d), "r"(0L)
		     : "r10", "memory");
	_exit(0);
}

/* As jump(), from a stack that ends in a hole, so that whatever follows cannot use it. */
static void jump_without_stack(void *arg)
{
	struct call *call = arg;

	asm volatile("mov %[d], %%r10\n\tmov %[at], %%rcx\n\tmov $16, %%rsp\n\tjmp *%%rcx"
		     :
		     : [at] "r"(at), "a"(call->nr), "D"(call->a), "S"(call->b),
		       "d"(call->c), [d] "r"(call->d)
		     : "r10", "rcx", "memory");
	_exit(0);
}

int main(void)
{
	static char made[] = "/tmp/made-by-stub", outside[200];
	pid_t sibling = T_OK(fork());
	unsigned i, k;

	if (sibling == 0)
		for (;;)
			pause();
	snprintf(outside, sizeof(outside), "%s/made-by-stub", a_outside());
	struct call calls[] = {
		{SYS_openat, AT_FDCWD, (long)outside, O_CREAT | O_RDWR, 0600},
		{SYS_mkdir, (long)outside, 0700, 0, 0},
		{SYS_unlink, (long)outside, 0, 0, 0},
		{SYS_kill, -1, SIGKILL, 0, 0},
		{SYS_kill, a_number("ATTACK_PID"), SIGTERM, 0, 0},
		{SYS_tgkill, sibling, sibling, SIGKILL, 0},
		{SYS_socket, AF_INET, SOCK_STREAM, 0, 0},
		{SYS_ptrace, 16, a_number("ATTACK_PID"), 0, 0},
		{SYS_execve, (long)"/bin/attack", 0, 0, 0},
		{SYS_clone, SIGCHLD, 0, 0, 0},
		{SYS_fork, 0, 0, 0, 0},
		{SYS_exit, 0, 0, 0, 0},
		{SYS_close, 0, 0, 0, 0},
		{SYS_rt_sigreturn, 0, 0, 0, 0},
		{SYS_munmap, STUB_BASE, STUB_SIZE, 0, 0},
		{SYS_munmap, CHAN_BASE, CHAN_END - CHAN_BASE, 0, 0},
		{SYS_munmap, 0, STUB_USER_END, 0, 0},
		{SYS_mprotect, STUB_BASE, STUB_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC, 0},
		{SYS_mprotect, CHAN_BASE, CHAN_SIZE, PROT_NONE, 0},
		{SYS_mmap, CHAN_BASE, CHAN_SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED},
		{SYS_mremap, CHAN_BASE, CHAN_SIZE, CHAN_SIZE, MREMAP_MAYMOVE},
		{SYS_arch_prctl, 0x1001, CHAN_BASE, 0, 0},
	};
	if (!a_readable(STUB_BASE))
		T_SKIP("the stub cannot be read");
	for (i = 0; i + 1 < STUB_SIZE; i++) {
		const unsigned char *p = (const unsigned char *)(STUB_BASE + i);
		if (p[0] != 0x0f || p[1] != 0x05)
			continue;
		at = STUB_BASE + i;
		for (k = 0; k < sizeof(calls) / sizeof(*calls); k++) {
			a_try_for(50, jump, &calls[k]);
			a_try_for(50, jump_without_stack, &calls[k]);
		}
		a_survives();
	}
	T_ERR(access(made, F_OK), ENOENT);
	T_OK(kill(sibling, 0));
	T_OK(kill(sibling, SIGKILL));
	T_SIGNALED(sibling, SIGKILL);
	return 0;
}
