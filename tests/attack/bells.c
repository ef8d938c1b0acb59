/*
 * Invariants 1 and 2: the words that stubs sleep on. They cannot be written; of
 * futex(2) the stub's instructions reach nothing else; and whoever sleeps on
 * all of them, rings all of them, or does not ring when it is told to, keeps
 * nobody else asleep.
 */
#include <linux/futex.h>
#include <sys/auxv.h>

#include "a.h"
#include "platform/notify/stub_table.h"

#define TURNS    400
#define SLEEPERS 48

static uintptr_t ring_at, wait_at; /* the instructions that do it */
static volatile uint32_t *target;  /* what FUTEX_WAKE_OP would change */

static uintptr_t own_channel(void)
{
	uintptr_t base = 0;

	asm volatile("rdgsbase %0" : "=r"(base));
	return base;
}

/* The stub's own call, as its own code would make it; it comes back as from an answered call. */
static void forge(uintptr_t at, long nr, uintptr_t bell, long op, long val)
{
	uintptr_t ch = own_channel();
	long size = nr == SYS_futex ? 0 : 8;

	*(volatile uint32_t *)(ch + CHAN_TURN) = TURN_DONE;
	*(volatile uint32_t *)(ch + CHAN_OUTS) = 0;
	asm volatile("lea 1f(%%rip), %%rax\n\t"
		     "mov %%rax, %c[ret](%[ch])\n\t"
		     "mov %[nr], %%rax\n\t"
		     "mov %[size], %%r10\n\t"
		     "mov %[target], %%r8\n\t"
		     "movabs %[bells], %%r9\n\t"
		     "jmp *%[at]\n"
		     "1:"
		     : "+D"(bell), "+S"(op), "+d"(val)
		     : [ch] "r"(ch), [ret] "i"(CHAN_RET), [nr] "r"(nr), [at] "r"(at),
		       [target] "m"(target), [bells] "i"(BELLS_BASE), [size] "m"(size)
		     : "rax", "rcx", "r8", "r9", "r10", "r11", "cc", "memory");
}

static uintptr_t find_call(uintptr_t from, uintptr_t to)
{
	for (uintptr_t at = from; at + 1 < to; at++)
		if (*(const uint8_t *)at == 0x0f && *(const uint8_t *)(at + 1) == 0x05)
			return at;
	T_SKIP("the stub does not rest");
}

static void write_them(void *arg)
{
	(void)arg;
	_exit(a_writable(BELLS_BASE) || a_writable(BELLS_BASE + BELLS_SIZE - 1));
}

static void *write_later(void *arg)
{
	for (int i = 0; i < 50; i++) {
		usleep(1000);
		if (a_writable(BELLS_BASE + 64))
			_exit(1);
	}
	return arg;
}

/* mprotect() by the stub's own instruction; another thread sees whether it did it. */
static void unprotect_them(void *arg)
{
	pthread_t t;

	T_EQ(pthread_create(&t, NULL, write_later, NULL), 0);
	asm volatile("jmp *%[at]"
		     :
		     : [at] "r"(ring_at), "a"(SYS_mprotect), "D"(BELLS_BASE), "S"(BELLS_SIZE),
		       "d"(PROT_READ | PROT_WRITE)
		     : "rcx", "r11", "memory");
	(void)arg;
}

/* Another operation. */
static void wake_op(void *arg)
{
	(void)arg;
	forge(ring_at, SYS_futex, BELLS_BASE + 64, FUTEX_WAKE_OP, 1);
	_exit(0);
}

/* Another word. */
static void elsewhere(void *arg)
{
	forge(wait_at, SYS_futex, *(uintptr_t *)arg, FUTEX_WAIT, 0);
	/* It was let through, and told that the word is another. */
	_exit(1);
}

static void filter(void)
{
	static uint32_t one = 1;
	uintptr_t others[] = {(uintptr_t)&one, BELLS_BASE + BELLS_SIZE, CHAN_BASE, STUB_BASE};

	target =
		T_OK(mmap(NULL, A_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	*target = 7;
	a_try(wake_op, NULL);
	T_EQ(*target, 7);
	for (unsigned i = 0; i < sizeof(others) / sizeof(*others); i++)
		a_try_for(100, elsewhere, &others[i]);
}

static void *sleeper(void *arg)
{
	uintptr_t first = BELLS_BASE + (uintptr_t)arg;

	for (;;)
		for (uintptr_t at = first; at < BELLS_BASE + BELLS_SIZE; at += 4 * SLEEPERS)
			forge(wait_at, SYS_futex, at, FUTEX_WAIT, *(volatile int *)at);
	return NULL;
}

/* Sleeps on bells, all of them in turn, and rings them all. */
static pid_t sleep_and_ring(void)
{
	pid_t pid = T_OK(fork());
	pthread_t t;

	if (pid)
		return pid;
	for (uintptr_t i = 0; i < SLEEPERS; i++)
		T_EQ(pthread_create(&t, NULL, sleeper, (void *)(4 * i)), 0);
	for (;;)
		for (uintptr_t at = BELLS_BASE; at < BELLS_BASE + BELLS_SIZE; at += 4)
			forge(ring_at, SYS_futex, at, FUTEX_WAKE, INT32_MAX);
}

/* Sleeps where no kick reaches it. */
static pid_t sleep_deaf(void)
{
	static const uint64_t all = UINT64_MAX;
	uintptr_t bell = BELLS_BASE + BELLS_SIZE - 4;
	pid_t pid = T_OK(fork());

	if (pid)
		return pid;
	forge(ring_at, SYS_rt_sigprocmask, SIG_BLOCK, (long)&all, 0);
	for (;;)
		forge(wait_at, SYS_futex, bell, FUTEX_WAIT, *(volatile int *)bell);
}

/* From now on the stub of this process rings nothing. */
static void be_rude(void)
{
	forge(ring_at, SYS_mprotect, STUB_BASE, STUB_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC);
	*(volatile uint16_t *)ring_at = 0x9066; /* nop */
}

/* Two take turns; one of them wakes nobody it is told to wake if @rude. */
static void take_turns(bool rude)
{
	int there[2], back[2];
	pid_t pid;
	char c;

	T_OK(pipe(there));
	T_OK(pipe(back));
	pid = T_OK(fork());
	if (pid == 0) {
		close(there[1]);
		if (rude)
			be_rude();
		while (read(there[0], &c, 1) == 1)
			if (write(back[1], &c, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(there[0]);
	close(back[1]);
	for (int i = 0; i < TURNS; i++) {
		T_EQ(write(there[1], "x", 1), 1);
		T_EQ(read(back[0], &c, 1), 1);
	}
	close(there[1]);
	T_EXITED(pid, 0);
	close(back[0]);
}

int main(void)
{
	const struct stub_table *stub = (const void *)STUB_BASE;
	pid_t pid, deaf;

	signal(SIGPIPE, SIG_IGN);
	if (!(getauxval(AT_HWCAP2) & 2) || !a_readable(STUB_BASE) || !a_readable(BELLS_BASE))
		T_SKIP("stubs do not rest here");
	ring_at = find_call(stub->rest, stub->rest_end);
	wait_at = find_call(ring_at + 2, stub->rest_end);
	a_try(write_them, NULL);
	a_try(unprotect_them, NULL);
	filter();
	take_turns(false);
	deaf = sleep_deaf();
	usleep(100000);
	T_OK(kill(deaf, SIGKILL));
	pid = sleep_and_ring();
	take_turns(false);
	a_survives();
	T_OK(kill(pid, SIGKILL));
	T_SIGNALED(pid, SIGKILL);
	take_turns(true);
	/* It takes the sentry a while to be sure. */
	T_SIGNALED(deaf, SIGKILL);
	a_survives();
	return 0;
}
