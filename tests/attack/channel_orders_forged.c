/*
 * Invariant 1: orders and commands written into a channel by the guest, then
 * every way into the stub: a signal, a fault, a call
 */
#include "a.h"

static void attack(void *arg)
{
	unsigned slot, i;

	t_on_signal(SIGUSR1, t_ignore_signal, 0);
	for (slot = 0; slot < A_SLOTS; slot++) {
		volatile uint64_t *order = (volatile uint64_t *)(a_channel(slot) + CHAN_ORDERS);
		if (!a_writable(a_channel(slot)))
			continue;
		for (i = 0; i < CHAN_MAX_ORDERS; i++) {
			order[i * ORDER_SIZE / 8] = (uintptr_t)arg;
			order[i * ORDER_SIZE / 8 + 1] = (uint64_t)-1;
			order[i * ORDER_SIZE / 8 + 2] = SIGKILL;
		}
		*(volatile uint32_t *)(a_channel(slot) + CHAN_NR_ORDERS) = 0xffffffff;
	}
	kill(getpid(), SIGUSR1);
	getppid();
	munmap(mmap(NULL, A_PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), A_PAGE);
	if (fork() == 0)
		_exit(0);
	*(volatile char *)t_badptr() = 1;
}

int main(void)
{
	static const long numbers[] = {SYS_kill,   SYS_munmap,      SYS_clone, SYS_exit_group,
				       SYS_openat, ORDER_CMPXCHG32, -1};
	pid_t sibling = T_OK(fork());
	size_t i;

	if (sibling == 0)
		for (;;)
			pause();
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		a_try_for(300, attack, (void *)numbers[i]);
	a_survives();
	T_OK(kill(sibling, 0));
	T_OK(kill(sibling, SIGKILL));
	T_SIGNALED(sibling, SIGKILL);
	return 0;
}
