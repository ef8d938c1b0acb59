/* The sandbox, and the guest's first thread as it is traced from outside */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/step/driver.h"

static pid_t sandbox;
static int mem = -1;
static uint64_t shared, nonce_at;

pid_t guest;
int ask;
struct step_shared sh;
struct stub_table stub;

double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void nap(void)
{
	usleep(20);
}

bool read_guest(void *buf, size_t size, uint64_t at)
{
	return pread(mem, buf, size, (off_t)at) == (ssize_t)size;
}

uint32_t get32(size_t off)
{
	uint32_t val = 0;

	if (!read_guest(&val, sizeof(val), shared + off))
		die("the guest is gone");
	return val;
}

void put32(size_t off, uint32_t val)
{
	if (pwrite(mem, &val, sizeof(val), (off_t)(shared + off)) != sizeof(val))
		die("the guest is gone");
}

static pid_t parent_of(pid_t pid)
{
	char path[64], line[256];
	pid_t parent = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f) && sscanf(line, "PPid: %d", &parent) != 1)
		;
	if (f)
		fclose(f);
	return parent;
}

static bool is_ours(pid_t pid)
{
	while (pid > 1 && pid != sandbox)
		pid = parent_of(pid);
	return pid == sandbox;
}

/* The host process of the guest: the one whose memory has the nonce. */
static bool is_guest(pid_t pid, const char *nonce)
{
	char path[64], there[STEP_NONCE];

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	mem = open(path, O_RDWR | O_CLOEXEC);
	if (mem != -1 && read_guest(there, sizeof(there), nonce_at) &&
	    !strncmp(there, nonce, sizeof(there)) && read_guest(&sh, sizeof(sh), shared))
		return true;
	close(mem);
	return false;
}

static bool find_guest(const char *nonce)
{
	FILE *f = popen("ls /proc", "r");
	char line[64];

	while (!guest && f && fgets(line, sizeof(line), f)) {
		pid_t pid = atoi(line);

		if (pid > 1 && pid != sandbox && is_ours(pid) && is_guest(pid, nonce))
			guest = pid;
	}
	if (f)
		pclose(f);
	return guest != 0;
}

static void start(char **argv, const char *beside, const char *nonce)
{
	int in[2], out[2];
	char line[64];
	FILE *f;

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		die("pipe: %s", strerror(errno));
	sandbox = fork();
	if (sandbox == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execl(argv[1], "bailey", "do", "--platform", argv[3], "--", argv[2], nonce, beside,
		      (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	ask = in[1];
	f = fdopen(out[0], "r");
	if (!f || !fgets(line, sizeof(line), f))
		die("the guest does not start");
	if (sscanf(line, "%" SCNx64 " %" SCNx64, &shared, &nonce_at) != 2)
		die("the guest says: %s", line);
}

static void skip(const char *why)
{
	printf("%s\n0 passed, 0 failed, 1 skipped\n", why);
	kill(sandbox, SIGKILL);
	exit(0);
}

static void seize(void)
{
	int status;

	if (ptrace(PTRACE_SEIZE, guest, 0, 0))
		skip("the guest cannot be traced here");
	ptrace(PTRACE_INTERRUPT, guest, 0, 0);
	waitpid(guest, &status, __WALL);
}

static bool poke(unsigned reg, uint64_t val)
{
	return ptrace(PTRACE_POKEUSER, guest, offsetof(struct user, u_debugreg) + 8 * reg, val) ==
	       0;
}

void disarm(void)
{
	poke(7, 0);
	poke(6, 0);
}

void arm(const uint64_t *places, unsigned n)
{
	uint64_t on = 0;

	disarm();
	for (unsigned i = 0; i < n; i++) {
		if (!poke(i, places[i]))
			die("no breakpoint at %#llx: %s", (unsigned long long)places[i],
			    strerror(errno));
		on |= 1u << 2 * i;
	}
	if (!poke(7, on))
		die("no breakpoints: %s", strerror(errno));
}

void give_up(const char *why, const struct step_call *c, uint64_t place)
{
	struct user_regs_struct r = {0};

	ptrace(PTRACE_INTERRUPT, guest, 0, 0);
	usleep(100000);
	ptrace(PTRACE_GETREGS, guest, 0, &r);
	if (!read_guest(&sh, sizeof(sh), shared))
		memset(&sh, 0, sizeof(sh));
	printf("not ok %s, signal at %#llx (stub+%#llx): %s\n", c->name, (unsigned long long)place,
	       (unsigned long long)(place - STUB_BASE), why);
	printf("    %.*s:%u: got %#llx, want %#llx; ip %#llx, handled %u, done %u of %u\n",
	       STEP_FILE, sh.file, sh.failed, (unsigned long long)sh.got,
	       (unsigned long long)sh.want, r.rip, sh.handled, sh.done, sh.go);
	printf("%u passed, 1 failed, 0 skipped\n", hits);
	kill(sandbox, SIGKILL);
	exit(1);
}

void go_on(void)
{
	ptrace(PTRACE_CONT, guest, 0, 0);
}

/* What a stop of the guest was; its breakpoint's address, or 0 and it goes on. */
static uint64_t stopped(int status)
{
	struct user_regs_struct r;
	siginfo_t si;
	int sig = WSTOPSIG(status);

	if (status >> 16) {
		go_on();
		return 0;
	}
	if (sig == SIGTRAP && !ptrace(PTRACE_GETSIGINFO, guest, 0, &si) &&
	    si.si_code == TRAP_HWBKPT) {
		ptrace(PTRACE_GETREGS, guest, 0, &r);
		disarm();
		return r.rip;
	}
	ptrace(PTRACE_CONT, guest, 0, sig);
	return 0;
}

void stop(void)
{
	int status;

	ptrace(PTRACE_INTERRUPT, guest, 0, 0);
	for (;;) {
		if (waitpid(guest, &status, __WALL) != guest || !WIFSTOPPED(status))
			die("the guest has died");
		if (status >> 16)
			return;
		/* On its way out of a handler it may meet a place too. */
		if (stopped(status))
			go_on();
	}
}

uint64_t look(const struct step_call *c, uint64_t met)
{
	int status;

	if (waitpid(guest, &status, __WALL | WNOHANG) != guest) {
		nap();
		return 0;
	}
	if (!WIFSTOPPED(status))
		give_up("the guest has died", c, met);
	return stopped(status);
}

static uint64_t channel(void)
{
	struct user_regs_struct r;

	ptrace(PTRACE_GETREGS, guest, 0, &r);
	return r.gs_base - CHAN_BASE < CHAN_END - CHAN_BASE ? r.gs_base : 0;
}

void put_channel(size_t off, uint32_t val)
{
	uint64_t at = channel();

	if (at && pwrite(mem, &val, sizeof(val), (off_t)(at + off)) != sizeof(val))
		die("no channel");
}

uint32_t get_channel(size_t off)
{
	uint64_t at = channel();
	uint32_t val = 0;

	if (at && !read_guest(&val, sizeof(val), at + off))
		die("no channel");
	return val;
}

/* What the stub says of itself; its last byte that is not 0, and a little. */
static uint64_t learn_stub(void)
{
	static unsigned char code[STUB_SIZE];
	size_t n = sizeof(code);

	if (!read_guest(code, sizeof(code), STUB_BASE))
		die("no stub there");
	memcpy(&stub, code, sizeof(stub));
	while (n && !code[n - 1])
		n--;
	return STUB_BASE + n;
}

uint64_t traced_start(char **argv, const char *beside)
{
	char nonce[STEP_NONCE];

	snprintf(nonce, sizeof(nonce), "step-%d-%s-%ld", getpid(), beside, (long)time(NULL));
	guest = 0;
	start(argv, beside, nonce);
	while (!find_guest(nonce))
		usleep(10000);
	seize();
	if (!poke(0, STUB_BASE))
		skip("no hardware breakpoints here");
	go_on();
	return learn_stub();
}

void traced_end(void)
{
	kill(sandbox, SIGKILL);
	close(ask);
	close(mem);
	while (waitpid(-1, NULL, __WALL) > 0)
		;
}
