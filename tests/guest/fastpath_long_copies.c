/* long reads and writes, made often: each byte in its place, faults half way, signals, threads,
 * forks */
#include <sys/uio.h>

#include "t.h"

#define LONG  (3u << 19)
#define OFTEN 24 /* of LONG: enough for anybody to see that there are long copies */
#define PAGE  4096u

static volatile sig_atomic_t ticks;

static void on_tick(int sig)
{
	(void)sig;
	ticks++;
	getppid();
}

static void fill(unsigned char *p, size_t n, unsigned seed)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(i * 7 + (i >> 9) + seed);
}

static unsigned char *room(size_t n)
{
	return (unsigned char *)T_OK(
		mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

/* What is written is read again, at any offset. */
static void round_trip(int fd, size_t n, off_t at, size_t skew, unsigned seed)
{
	unsigned char *from = room(n + PAGE), *to = room(n + PAGE);

	fill(from, n + PAGE, seed);
	T_EQ(pwrite(fd, from + skew, n, at), (ssize_t)n);
	T_EQ(pread(fd, to + PAGE - skew - 1, n, at), (ssize_t)n);
	T_TRUE(!memcmp(from + skew, to + PAGE - skew - 1, n));
	T_EQ(to[PAGE - skew - 2], 0);
	munmap(from, n + PAGE);
	munmap(to, n + PAGE);
}

static void sizes(int fd)
{
	static const size_t n[] = {4097, 16383, 16384, 16385, 40000, 65536, 131071, 1u << 20, LONG};

	for (unsigned i = 0; i < sizeof(n) / sizeof(n[0]); i++)
		for (unsigned skew = 0; skew < 5; skew += 2)
			round_trip(fd, n[i], skew * 1000, skew, i * 8 + skew);
}

static void vectors(int fd)
{
	unsigned char *from = room(LONG), *to = room(LONG);
	struct iovec in[3] = {{to, 50000}, {to + 50000, 17}, {to + 50017, 200000}};
	struct iovec out[2] = {{from, 150000}, {from + 150000, 100017}};

	fill(from, LONG, 99);
	T_EQ(pwritev(fd, out, 2, 12), 250017);
	T_EQ(preadv(fd, in, 3, 12), 250017);
	T_TRUE(!memcmp(from, to, 250017));
	munmap(from, LONG);
	munmap(to, LONG);
}

/* A page that may not be touched: what was in front of it counts. */
static void faults(int fd)
{
	unsigned char *to = room(LONG), *want = room(LONG);

	fill(want, LONG, 3);
	T_EQ(pwrite(fd, want, LONG, 0), (ssize_t)LONG);
	for (unsigned good = 0; good < 80; good += 13) {
		T_OK(mprotect(to, LONG, PROT_READ | PROT_WRITE));
		memset(to, 0, LONG);
		T_OK(mprotect(to + good * PAGE, PAGE, PROT_NONE));
		if (!good) {
			T_ERR(pread(fd, to, LONG, 0), EFAULT);
			T_ERR(pwrite(fd, to, LONG, 0), EFAULT);
			continue;
		}
		T_EQ(pread(fd, to, LONG, 0), (ssize_t)(good * PAGE));
		T_TRUE(!memcmp(to, want, good * PAGE));
		T_EQ(to[(good + 1) * PAGE], 0);
		T_EQ(pwrite(fd, to, LONG, 0), (ssize_t)(good * PAGE));
	}
	T_OK(mprotect(to, LONG, PROT_READ));
	T_ERR(pread(fd, to, LONG, 0), EFAULT);
	T_EQ(pread(fd, want, LONG, 0), (ssize_t)LONG);
	munmap(to, LONG);
	munmap(want, LONG);
}

/* The direction flag is the program's, and is left as it was. */
static long backwards(long nr, int fd, void *buf, size_t n)
{
	register long at __asm__("r10") = 0;
	unsigned long flags;
	long ret;

	__asm__ volatile("std\n\tsyscall\n\tpushfq\n\tpop %1\n\tcld"
			 : "=a"(ret), "=&r"(flags)
			 : "a"(nr), "D"((long)fd), "S"(buf), "d"(n), "r"(at)
			 : "rcx", "r11", "memory", "cc");
	T_TRUE(flags & 0x400);
	return ret;
}

static void direction(int fd)
{
	unsigned char *from = room(LONG), *to = room(LONG);

	for (unsigned i = 0; i < 12; i++) {
		fill(from, LONG, i);
		T_EQ(backwards(SYS_pwrite64, fd, from, LONG), (long)LONG);
		T_EQ(backwards(SYS_pread64, fd, to, LONG), (long)LONG);
		T_TRUE(!memcmp(from, to, LONG));
	}
	munmap(from, LONG);
	munmap(to, LONG);
}

static void *copies(void *arg)
{
	unsigned seed = (unsigned)(uintptr_t)arg;
	int fd = (int)T_OK(memfd_create("copies", 0));

	for (unsigned i = 0; i < 20; i++)
		round_trip(fd, 300000 + i * 4567, i, i & 7, seed + i);
	close(fd);
	return NULL;
}

static void threads(void)
{
	pthread_t t[3];

	for (uintptr_t i = 0; i < 3; i++)
		T_EQ(pthread_create(&t[i], NULL, copies, (void *)(i * 50)), 0);
	for (unsigned i = 0; i < 3; i++)
		T_EQ(pthread_join(t[i], NULL), 0);
}

static void signals(int fd)
{
	struct itimerval often = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};

	t_on_signal(SIGALRM, on_tick, SA_RESTART);
	T_OK(setitimer(ITIMER_REAL, &often, NULL));
	for (unsigned i = 0; i < 60 || !ticks; i++)
		round_trip(fd, 600000, i, i & 3, i);
	T_OK(setitimer(ITIMER_REAL, &never, NULL));
}

static void forks(int fd)
{
	pid_t pid = (pid_t)T_OK(fork());

	if (pid == 0) {
		copies((void *)7);
		_exit(5);
	}
	for (unsigned i = 0; i < 10; i++)
		round_trip(fd, 400000, i, 1, i);
	T_EXITED(pid, 5);
}

int main(void)
{
	int fd = (int)T_OK(memfd_create("long", 0));

	for (unsigned i = 0; i < OFTEN; i++)
		round_trip(fd, LONG, 0, 0, i);
	sizes(fd);
	vectors(fd);
	faults(fd);
	direction(fd);
	signals(fd);
	threads();
	forks(fd);
	sizes(fd);
	return 0;
}
