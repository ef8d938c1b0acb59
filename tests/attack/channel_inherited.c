/*
 * Invariant 1: a process makes its child inherit its channels (MADV_DOFORK, by
 * a forged call of the stub) and dies; the child finds none of them used again
 * by another process
 */
#include <stddef.h>
#include <sys/auxv.h>

#include "a.h"

#define THREADS 8 /* more than the sentry keeps for the next */
#define OTHERS  24
#define PATTERN 0xa5

/* Of the host's signal frame, what its rt_sigreturn reads. */
struct frame {
	uintptr_t back;
	unsigned long flags, link;
	stack_t stack;
	uint64_t gregs[23], fpstate, reserved[8];
	uint64_t mask;
};

#define GREG_FLAGS 17
#define GREG_CS    18

_Static_assert(offsetof(struct frame, gregs) + 8 * GREG_FLAGS == FRAME_FLAGS, "another frame");

struct shared {
	volatile bool ready, over, seen;
	volatile unsigned inherited;
};

static struct shared *sh;
static uintptr_t order; /* the stub's call of an order */

/* The syscall behind which the result goes to the order: mov %rax, ORDER_RET(%r13) */
static uintptr_t find_order(void)
{
	static const unsigned char code[] = {0x0f, 0x05, 0x49, 0x89, 0x45, ORDER_RET};

	for (uintptr_t at = STUB_BASE; at < STUB_BASE + STUB_SIZE - sizeof(code); at++)
		if (!memcmp((const void *)at, code, sizeof(code)))
			return at;
	return 0;
}

static uintptr_t own_channel(void)
{
	uintptr_t base;

	asm volatile("rdgsbase %0" : "=r"(base));
	return base;
}

/* madvise(2) by the stub, which then returns here as if from a signal. */
static void forge_madvise(uintptr_t addr, size_t size, long advice)
{
	static unsigned char result[256];
	long nr = SYS_madvise;
	struct frame f = {
		.flags = 6, /* as told of ss; no vector state */
		.stack = {.ss_sp = (void *)(own_channel() + CHAN_ALTSTACK),
			  .ss_size = ALTSTACK_SIZE},
	};

	f.gregs[GREG_FLAGS] = 0x202;
	f.gregs[GREG_CS] = 0x33 | 0x2bUL << 48;
	asm volatile("sub $128, %%rsp\n\t"
		     "push %%rbx\n\tpush %%rbp\n\tpush %%r12\n\tpush %%r13\n\tpush %%r14\n\t"
		     "push %%r15\n\t"
		     "lea 1f(%%rip), %%rcx\n\t"
		     "mov %%rcx, %c[ip](%[f])\n\t"
		     "mov %%rsp, %c[sp](%[f])\n\t"
		     "mov %[order], %%rcx\n\t"
		     "mov %[f], %%rsp\n\t"
		     "mov %[result], %%r13\n\t"
		     "mov $%c[resume], %%r15d\n\txor %%r12d, %%r12d\n\txor %%r14d, %%r14d\n\t"
		     "jmp *%%rcx\n"
		     "1:\tpop %%r15\n\tpop %%r14\n\tpop %%r13\n\tpop %%r12\n\tpop %%rbp\n\t"
		     "pop %%rbx\n\tadd $128, %%rsp"
		     : "+a"(nr), "+D"(addr), "+S"(size), "+d"(advice)
		     : [f] "r"(&f), [order] "r"(order), [result] "r"(result), [ip] "i"(FRAME_IP),
		       [sp] "i"(FRAME_SP), [resume] "i"(STUB_CMD_RESUME)
		     : "rcx", "r8", "r9", "r10", "r11", "memory", "cc");
}

static void *meet(void *barrier)
{
	pthread_barrier_wait(barrier);
	return NULL;
}

static void use_channels(void)
{
	pthread_barrier_t all;
	pthread_t t[THREADS];

	pthread_barrier_init(&all, NULL, THREADS);
	for (int i = 0; i < THREADS; i++)
		T_EQ(pthread_create(&t[i], NULL, meet, &all), 0);
	for (int i = 0; i < THREADS; i++)
		T_EQ(pthread_join(t[i], NULL), 0);
}

/* Fill what was inherited, and look whether anybody else comes to use it. */
static void watch(void)
{
	uintptr_t own = own_channel(), at[A_SLOTS];
	unsigned n = 0;

	for (unsigned slot = 0; slot < A_SLOTS; slot++)
		if (a_channel(slot) != own && a_writable(a_channel(slot)))
			at[n++] = a_channel(slot);
	for (unsigned i = 0; i < n; i++)
		memset((void *)at[i], PATTERN, CHAN_SIZE);
	sh->inherited = n;
	sh->ready = true;
	while (!sh->over || !sh->ready) {
		for (unsigned i = 0; i < n; i++)
			for (size_t k = 0; k < CHAN_WIN_IN; k++)
				sh->seen |= ((volatile unsigned char *)at[i])[k] != PATTERN;
		sched_yield();
	}
}

static void parent(void)
{
	use_channels();
	for (unsigned slot = 0; slot < A_SLOTS; slot++)
		if (a_readable(a_channel(slot)))
			forge_madvise(a_channel(slot), CHAN_SIZE, MADV_DOFORK);
	if (T_OK(fork()) == 0) {
		watch();
		_exit(0);
	}
	while (!sh->ready)
		sched_yield();
	_exit(0);
}

static void others(void)
{
	pid_t pids[OTHERS];

	for (int i = 0; i < OTHERS; i++) {
		pids[i] = T_OK(fork());
		if (pids[i] == 0) {
			use_channels();
			_exit(0);
		}
	}
	for (int i = 0; i < OTHERS; i++)
		t_reap(pids[i]);
}

int main(void)
{
	pid_t pid;

	if (!(getauxval(AT_HWCAP2) & 2))
		T_SKIP("no instruction tells %%gs");
	if (!a_readable(STUB_BASE) || !(order = find_order()))
		T_SKIP("there is no such stub");
	if (own_channel() - CHAN_BASE >= CHAN_END - CHAN_BASE)
		T_SKIP("%%gs is no channel's");
	sh = T_OK(
		mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	pid = T_OK(fork());
	if (pid == 0)
		parent();
	T_EXITED(pid, 0);
	others();
	sh->over = true;
	if (sh->seen)
		t_die("one of %u inherited channels is used by another process", sh->inherited);
	a_survives();
	return 0;
}
