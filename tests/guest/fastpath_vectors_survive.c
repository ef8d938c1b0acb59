/* calls made time and again leave x87, MXCSR, and every vector and mask register alone */
#include <cpuid.h>
#include <stddef.h>

#include "t.h"

#define AREA   16384
#define COMPS  0xe7 /* x87, SSE, AVX, and the three of AVX-512 */
#define ROUNDS 12

struct area {
	unsigned char b[AREA];
} __attribute__((aligned(64)));

static struct area in, out, other;
static uint64_t mask;
static int fds[2], late[2];
static pid_t tid;

/* Standard form: where a component stands, and how long it is. */
static void place_of(unsigned comp, unsigned *off, unsigned *size)
{
	unsigned a, b, c, d;

	__cpuid_count(13, comp, a, b, c, d);
	*off = b;
	*size = a;
}

static bool learn(void)
{
	unsigned a, b, c, d, lo, hi;

	__cpuid(1, a, b, c, d);
	if (!(c & (1u << 27)))
		return false;
	__asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	mask = lo & COMPS;
	__cpuid_count(13, 0, a, b, c, d);
	return c <= AREA;
}

/* Something else in each register, all of it legal. */
static void fill(struct area *s, unsigned seed)
{
	uint16_t fcw = (uint16_t)(0x37f | (seed & 3) << 10);
	uint32_t mxcsr = 0x1f80 | (seed & 3) << 13;
	unsigned off, size;

	memset(s, 0, sizeof(*s));
	memcpy(s->b, &fcw, sizeof(fcw));
	s->b[4] = 0xff; /* no x87 register is empty */
	memcpy(s->b + 24, &mxcsr, sizeof(mxcsr));
	for (unsigned i = 0; i < 8; i++)
		for (unsigned k = 0; k < 10; k++)
			s->b[32 + 16 * i + k] = (unsigned char)(seed + 31 * i + k);
	for (unsigned i = 0; i < 256; i++)
		s->b[160 + i] = (unsigned char)(seed * 3 + 7 * i);
	for (unsigned comp = 2; comp < 8; comp++) {
		if (!(mask & 1u << comp))
			continue;
		place_of(comp, &off, &size);
		for (unsigned i = 0; i < size; i++)
			s->b[off + i] = (unsigned char)(seed * 5 + 11 * i + comp);
	}
	memcpy(s->b + 512, &mask, sizeof(mask));
}

static void check(const char *what)
{
	unsigned off, size;

	if (memcmp(out.b, in.b, 5) || memcmp(out.b + 24, in.b + 24, 4))
		t_die("%s: control words", what);
	for (unsigned i = 0; i < 8; i++)
		if (memcmp(out.b + 32 + 16 * i, in.b + 32 + 16 * i, 10))
			t_die("%s: st%u", what, i);
	T_MEM(out.b + 160, in.b + 160, 256);
	for (unsigned comp = 2; comp < 8; comp++) {
		if (!(mask & 1u << comp))
			continue;
		place_of(comp, &off, &size);
		if (memcmp(out.b + off, in.b + off, size))
			t_die("%s: component %u", what, comp);
	}
}

static void load(const struct area *s)
{
	__asm__ volatile("xrstor64 %0" : : "m"(*s), "a"((uint32_t)mask), "d"(0) : "memory");
}

/* Load, call, store, with nothing between that the compiler could put there. */
static long through(long nr, long a, long b, long c)
{
	register long r10 __asm__("r10") = 0;
	register long r8 __asm__("r8") = -1;
	register long r9 __asm__("r9") = 0;
	long ret, arg = c;

	if (nr == SYS_mmap)
		r10 = MAP_PRIVATE | MAP_ANONYMOUS;
	__asm__ volatile("mov %[mask], %%eax\n\txor %%edx, %%edx\n\txrstor64 %[in]\n\t"
			 "mov %[c], %%rdx\n\tmov %[nr], %%rax\n\t"
			 "syscall\n\t"
			 "mov %%rax, %%rcx\n\t"
			 "mov %[mask], %%eax\n\txor %%edx, %%edx\n\txsave64 %[out]\n\t"
			 "fninit\n\tmovl $0x1f80, %[out2]\n\tldmxcsr %[out2]\n\t"
			 "mov %%rcx, %[ret]"
			 : [ret] "=&r"(ret), [out] "=m"(out), [out2] "=m"(*(uint32_t *)other.b)
			 : [mask] "r"((uint32_t)mask), [in] "m"(in), [nr] "r"(nr), [c] "r"(arg),
			   "D"(a), "S"(b), "r"(r10), "r"(r8), "r"(r9)
			 : "rax", "rcx", "rdx", "r11", "memory");
	return ret;
}

static void on_signal(int sig)
{
	static struct area mine;

	(void)sig;
	fill(&mine, 77);
	load(&mine);
}

static void *answer(void *arg)
{
	char c;

	while (read(late[0], &c, 1) == 1) {
		t_await_sleep(tid);
		T_EQ(write(fds[1], &c, 1), 1);
	}
	return arg;
}

static void each_call(void)
{
	static char bytes[300];
	long m;

	T_EQ(through(SYS_getppid, 0, 0, 0), getppid());
	check("getppid");
	T_EQ(through(SYS_getpid, 0, 0, 0), getpid());
	check("getpid");
	T_EQ(through(SYS_write, fds[1], (long)bytes, sizeof(bytes)), sizeof(bytes));
	check("write");
	T_EQ(through(SYS_read, fds[0], (long)bytes, sizeof(bytes)), sizeof(bytes));
	check("read");
	m = through(SYS_mmap, 0, 4096, PROT_READ);
	T_EQ(m & 4095, 0);
	check("mmap");
	T_EQ(through(SYS_munmap, m, 4096, 0), 0);
	check("munmap");
	T_EQ(through(SYS_tgkill, getpid(), tid, SIGUSR1), 0);
	check("tgkill, and its handler");
	T_EQ(write(late[1], "x", 1), 1);
	T_EQ(through(SYS_read, fds[0], (long)bytes, 1), 1);
	check("a read that waits");
}

int main(void)
{
	pthread_t t;

	if (!learn())
		T_SKIP("no XSAVE");
	tid = t_gettid();
	T_OK(pipe(fds));
	T_OK(pipe(late));
	t_on_signal(SIGUSR1, on_signal, 0);
	T_EQ(pthread_create(&t, NULL, answer, NULL), 0);
	for (unsigned i = 0; i < ROUNDS; i++) {
		fill(&in, i * 9 + 1);
		each_call();
	}
	T_OK(close(late[1]));
	T_EQ(pthread_join(t, NULL), 0);
	return 0;
}
