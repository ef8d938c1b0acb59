/*
 * Invariant 1: each word of a channel that means anything holds each value that
 * means anything, or nothing, stored by another thread while calls of every
 * kind are made. The process may die or wait for ever; its neighbour gets all
 * its calls right meanwhile, and the sandbox goes on.
 */
#include <sys/auxv.h>

#include "a.h"

#define ROUNDS   6  /* of each call, with one value in one word */
#define PATIENCE 40 /* milliseconds until a process that does nothing more is killed */

struct shared {
	volatile unsigned at;    /* the word and value being tried */
	volatile unsigned count; /* of what the attacker has done, so that it is seen to live */
	volatile bool over;
	volatile unsigned long echoed;
};

static struct shared *sh;
static pid_t me;
static volatile uint64_t *volatile word;
static volatile uint64_t value;
static volatile bool wide;
static volatile bool hammering;

static const uint64_t values[] = {
	0,
	1,
	TURN_PARK,
	TURN_CALL | TURN_ASLEEP,
	TURN_PARK | TURN_ASLEEP,
	TURN_DONE,
	TURN_FULL,
	TURN_ORDER,
	TURN_SLEEP,
	TURN_REST,
	TURN_CALL | TURN_RESTS,
	TURN_CMD,
	TURN_CMD | STUB_CMD_RUN,
	TURN_CMD | STUB_CMD_RESUME,
	TURN_CMD | STUB_CMD_EXIT,
	INLINE | 40,
	INLINE | 0x050540,
	CHAN_MAX_PIECES + 1,
	SYS_clone,
	SYS_munmap,
	0x7fffffff,
	0xffffffff,
	STUB_BASE,
	CHAN_BASE,
	CHAN_BASE + CHAN_SIZE - 4,
	0xffff800000000000,
};

#define NR_VALUES (sizeof(values) / sizeof(*values))

/* The ranges that hold them. */
static const struct {
	unsigned from, to;
} ranges[] = {
	{0, CHAN_KICKED + 8},
	{CHAN_ORDERS, CHAN_ORDERS + ORDER_SIZE},
	{CHAN_WIN_IN, CHAN_WIN_IN + 32},
	{CHAN_WIN_OUT, CHAN_WIN_OUT + 32},
};

static unsigned nr_words(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		n += (ranges[i].to - ranges[i].from) / 4;
	return n;
}

static unsigned offset_of(unsigned n)
{
	unsigned i = 0;

	while (n >= (ranges[i].to - ranges[i].from) / 4)
		n -= (ranges[i].to - ranges[i].from) / 4, i++;
	return ranges[i].from + 4 * n;
}

static uintptr_t own_channel(void)
{
	uintptr_t base = CHAN_BASE;

	if (getauxval(AT_HWCAP2) & 2)
		asm volatile("rdgsbase %0" : "=r"(base));
	return base;
}

static void *hammer(void *arg)
{
	while (hammering) {
		if (wide)
			*word = value;
		else
			*(volatile uint32_t *)word = (uint32_t)value;
	}
	return arg;
}

static void calls(int p[2])
{
	static char bytes[300];
	struct iovec v[2] = {{bytes, 20}, {bytes + 20, 200}};
	struct pollfd pfd = {.fd = p[0], .events = POLLIN};
	struct stat st;

	for (int i = 0; i < ROUNDS; i++, sh->count++) {
		syscall(SYS_getppid);
		write(p[1], bytes, 10);
		write(p[1], bytes, sizeof(bytes));
		poll(&pfd, 1, 0);
		read(p[0], bytes, 10);
		read(p[0], bytes, sizeof(bytes));
		writev(p[1], v, 2);
		readv(p[0], v, 2);
		stat("/bin/attack", &st);
		munmap(mmap(NULL, A_PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), A_PAGE);
		if (i == 0)
			tgkill(me, me, SIGUSR1);
	}
}

static void attack(void)
{
	unsigned total = nr_words() * NR_VALUES;
	uintptr_t channel = own_channel();
	pthread_t t;
	int p[2];

	/* Its calls come to be made on any descriptor. */
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	me = getpid();
	t_on_signal(SIGUSR1, t_ignore_signal, 0);
	T_OK(pipe2(p, O_NONBLOCK));
	value = 0;
	word = &(uint64_t){0};
	hammering = true;
	calls(p);
	T_EQ(pthread_create(&t, NULL, hammer, NULL), 0);
	for (; sh->at < total; sh->at++) {
		uint64_t v = values[sh->at % NR_VALUES];
		unsigned off = offset_of(sh->at / NR_VALUES);

		wide = v > UINT32_MAX;
		value = v;
		word = (volatile uint64_t *)(channel + (wide ? off & ~7u : off));
		calls(p);
	}
	_exit(0);
}

/* Gets all its calls right, whatever happens next door. */
static void neighbour(void)
{
	char bytes[200], got[200];
	int p[2];

	T_OK(pipe(p));
	for (unsigned k = 0; !sh->over; k++) {
		memset(bytes, (int)k, sizeof(bytes));
		T_EQ(write(p[1], bytes, sizeof(bytes)), sizeof(bytes));
		T_EQ(read(p[0], got, sizeof(got)), sizeof(got));
		T_MEM(got, bytes, sizeof(got));
		sh->echoed++;
		usleep(200);
	}
	_exit(0);
}

static bool has_ended(pid_t pid)
{
	int status;

	return waitpid(pid, &status, WNOHANG) == pid;
}

static void attack_once(void)
{
	pid_t pid = T_OK(fork());
	unsigned count = sh->count, begun = count, at = sh->at, idle = 0;

	if (pid == 0)
		attack();
	while (!has_ended(pid)) {
		usleep(1000);
		idle = count == sh->count ? idle + 1 : 0;
		count = sh->count;
		if (at != sh->at) {
			at = sh->at;
			begun = count;
		}
		/* What it counts its rounds by may have been in the channel. */
		if ((idle > PATIENCE || count - begun > 100 * ROUNDS) && !kill(pid, SIGKILL)) {
			idle = 0;
			begun = count;
		}
	}
	sh->at++;
}

int main(void)
{
	unsigned total = nr_words() * NR_VALUES;
	pid_t pid;

	sh = T_OK(
		mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	if (!a_writable(own_channel()))
		T_SKIP("there is no channel");
	pid = T_OK(fork());
	if (pid == 0)
		neighbour();
	while (sh->at < total)
		attack_once();
	sh->over = true;
	T_EXITED(pid, 0);
	T_GT(sh->echoed, 0);
	a_survives();
	return 0;
}
