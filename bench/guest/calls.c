/* Calls that need little of the kernel: the trip itself is what they cost. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>

#include "b.h"

static char buf[4096];

/* A descriptor for as long as this program lives. */
static int opened(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	must(fd >= 0);
	return fd;
}

OP(getpid)
{
	syscall(SYS_getpid);
}

OP(getppid)
{
	syscall(SYS_getppid);
}

static uint64_t op_dev_zero(uint64_t n)
{
	static int fd = -1;
	uint64_t start;

	if (fd < 0)
		fd = opened("/dev/zero", O_RDONLY);
	start = now_ns();
	while (n--)
		must(read(fd, buf, 512) == 512);
	return now_ns() - start;
}

static uint64_t op_dev_null(uint64_t n)
{
	static int fd = -1;
	uint64_t start;

	if (fd < 0)
		fd = opened("/dev/null", O_WRONLY);
	start = now_ns();
	while (n--)
		must(write(fd, buf, 512) == 512);
	return now_ns() - start;
}

/* One byte: of /dev/zero, as the cheapest file there is. */
static uint64_t op_read_1(uint64_t n)
{
	static int fd = -1;
	uint64_t start;

	if (fd < 0)
		fd = opened("/dev/zero", O_RDONLY);
	start = now_ns();
	while (n--)
		must(read(fd, buf, 1) == 1);
	return now_ns() - start;
}

static uint64_t op_write_1(uint64_t n)
{
	static int fd = -1;
	uint64_t start;

	if (fd < 0)
		fd = opened("/dev/null", O_WRONLY);
	start = now_ns();
	while (n--)
		must(write(fd, buf, 1) == 1);
	return now_ns() - start;
}

static uint64_t op_poll(uint64_t n)
{
	static int fds[2] = {-1, -1};
	struct pollfd p = {.events = POLLIN};
	uint64_t start;

	if (fds[0] < 0)
		must(!pipe(fds) && write(fds[1], "x", 1) == 1);
	p.fd = fds[0];
	start = now_ns();
	while (n--)
		must(poll(&p, 1, 0) == 1);
	return now_ns() - start;
}

static uint64_t op_sigprocmask(uint64_t n)
{
	sigset_t set;
	uint64_t start;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	start = now_ns();
	while (n--)
		must(!sigprocmask(n & 1 ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL));
	return now_ns() - start;
}

static volatile sig_atomic_t caught;

static void on_signal(int sig)
{
	(void)sig;
	caught = 1;
}

static uint64_t op_kill(uint64_t n)
{
	struct sigaction sa = {.sa_handler = on_signal};
	pid_t self = getpid();
	uint64_t start;

	must(!sigaction(SIGUSR1, &sa, NULL));
	start = now_ns();
	while (n--) {
		caught = 0;
		must(!kill(self, SIGUSR1) && caught);
	}
	return now_ns() - start;
}

/* No call at all: what a processor-bound program does.  One is a thousand rounds. */
OP(cpu)
{
	static uint64_t x = 88172645463325252ull;

	for (int i = 0; i < 1000; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	__asm__ volatile("" : "+r"(x));
}

static const struct op ops[] = {
	{"getpid", op_getpid},   {"getppid", op_getppid},         {"read-1", op_read_1},
	{"write-1", op_write_1}, {"dev-zero", op_dev_zero},       {"dev-null", op_dev_null},
	{"poll", op_poll},       {"sigprocmask", op_sigprocmask}, {"kill", op_kill},
	{"cpu", op_cpu},
};

BENCH_MAIN(ops)
