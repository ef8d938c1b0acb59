/* The guest's threads, its signals, and the round */
#include <sys/socket.h>

#include "tests/step/guest/guest.h"

#define SITE  64 /* bytes from one site to the next */
#define SITES (STEP_MAX * SITE)

struct step_shared *shared;
pid_t pid, tid, parent, sender;
int pair[2], vain[2], sock[2], null;
char bytes[600], room[600];
char from[LONG], to[LONG];

static const struct kinds *const lists[] = {&plain_calls, &told_calls, &hard_calls, &alone_calls};
static const struct kind *kinds[STEP_MAX];

static char nonce[STEP_NONCE];
static unsigned char *sites;
static int busy[2];    /* what the third thread waits for */
static unsigned alone; /* threads that have a table of descriptors of their own */

void fill(size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)(i * 3 + sh.go);
	memset(room, '.', sizeof(room));
}

/* Of a file that another thread might close, the stub is told nothing. */
static void leave_table(void)
{
	T_OK(unshare(CLONE_FILES));
	__atomic_add_fetch(&alone, 1, __ATOMIC_SEQ_CST);
}

static void await_alone(unsigned n)
{
	while (__atomic_load_n(&alone, __ATOMIC_SEQ_CST) != n)
		usleep(100);
}

/* The third thread: keeps the sentry looking. */
static void *caller(void *arg)
{
	char c;

	leave_table();
	while (read(busy[0], &c, 1) == 1)
		while (sh.over != sh.go)
			syscall(SYS_getppid);
	return arg;
}

static int first_signal(void)
{
	return sh.call[sh.which].flags & STEP_EINTR ? SIGURG : SIGUSR1;
}

/* The second thread, or process: does as the driver asks. */
static void *kicker(void *arg)
{
	unsigned char c;

	leave_table();
	while (read(0, &c, 1) == 1) {
		if (c & STEP_LOOK)
			T_OK(write(busy[1], "x", 1));
		for (int i = 0; c & STEP_CALLS && i < 200; i++)
			syscall(SYS_getppid);
		if (c & STEP_FIRST)
			T_OK(tgkill(pid, tid, first_signal()));
		if (c & STEP_SECOND)
			T_OK(tgkill(pid, tid, SIGUSR2));
		sh.kicks++;
	}
	_exit(0);
	return arg;
}

static void add(const struct kind *k)
{
	struct step_call *c = &sh.call[sh.nr];
	unsigned char *m = sites + SITE * sh.nr + sh.nr % 8;
	/* mov $nr,%eax; syscall; ret */
	const unsigned char with[] = {
		0xb8, (unsigned char)k->nr, (unsigned char)(k->nr >> 8), 0, 0, 0x0f, 0x05, 0xc3};
	/* nop; syscall; mov %rax,%rcx; mov %rcx,%rax; ret */
	static const unsigned char without[] = {0x90, 0x0f, 0x05, 0x48, 0x89,
						0xc1, 0x48, 0x89, 0xc8, 0xc3};

	if (sh.nr == STEP_MAX)
		t_die("more calls than the driver has room for");
	memcpy(m, k->mov ? with : without, k->mov ? sizeof(with) : sizeof(without));
	strcpy(c->name, k->name);
	c->code = (uint64_t)m;
	c->len = k->mov ? sizeof(with) : sizeof(without);
	c->patch = k->mov ? c->code : c->code + 1;
	c->flags = k->flags;
	kinds[sh.nr++] = k;
}

static void make_sites(void)
{
	sites = T_OK(mmap(NULL, SITES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	memset(sites, 0xcc, SITES);
	for (unsigned i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (unsigned k = 0; k < lists[i]->nr; k++)
			add(&lists[i]->kind[k]);
	T_OK(mprotect(sites, SITES, PROT_READ | PROT_EXEC));
}

static void catch (int sig, int flags)
{
	struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | flags};

	T_OK(sigaction(sig, &sa, NULL));
}

static void setup(void)
{
	pid = getpid();
	tid = gettid();
	parent = getppid();
	T_OK(pipe2(pair, O_NONBLOCK));
	T_OK(pipe(vain));
	T_OK(pipe(busy));
	T_OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, sock));
	null = T_OK(open("/dev/null", O_RDWR));
	catch (SIGUSR1, SA_RESTART);
	catch (SIGUSR2, SA_RESTART);
	catch (SIGWINCH, SA_RESTART);
	catch (SIGURG, 0);
	make_sites();
}

static void start_others(bool process)
{
	unsigned others;
	pthread_t t;

	sender = pid;
	if (!process) {
		T_EQ(pthread_create(&t, NULL, kicker, NULL), 0);
		await_alone(1);
	} else if ((sender = T_OK(fork())) == 0) {
		kicker(NULL);
	}
	others = alone;
	T_EQ(pthread_create(&t, NULL, caller, NULL), 0);
	await_alone(others + 1);
}

int main(int argc, char **argv)
{
	uint32_t seen = 0;

	if (argc != 3)
		t_die("started by step only");
	shared = T_OK(mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	setup();
	start_others(!strcmp(argv[2], "process"));
	for (unsigned i = 0; i < sh.nr; i++)
		for (int k = 0; k < WARM; k++)
			kinds[i]->fn(&sh.call[i]);
	if (sh.failed)
		t_die("%s:%u: got %#lx, want %#lx", sh.file, sh.failed, sh.got, sh.want);
	dprintf(1, "%p %p\n", (void *)shared, (void *)nonce);
	strncpy(nonce, argv[1], sizeof(nonce) - 1);
	sh.ready = 1;
	for (;;) {
		while (sh.go == seen)
			__builtin_ia32_pause();
		seen = sh.go;
		kinds[sh.which]->fn(&sh.call[sh.which]);
		sh.done = seen;
	}
}
