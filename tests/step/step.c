/*
 * step BAILEY GUEST PLATFORM [CALL] - a signal at every single instruction of a fast call
 *
 * Runs the guest in a sandbox and traces its first thread from outside.  For each
 * kind of call and each byte of its site, its trampoline and the stub, a hardware
 * breakpoint stops the thread there the first time it comes by; then the guest's second thread
 * signals it, and it goes on.  The guest checks that the call was made
 * once, with its result, and that nothing else has changed; the driver, that the
 * signal was handled by the time the call was over.
 *
 * A place where the call has been posted is tried twice: the signal comes before
 * the sentry has looked at it, and after.  A call that blocks is put to rest on its
 * bell as well, and met there by the guest's signal, or by one of the host's that nobody wants.  Of
 * some calls, a second signal meets the thread on the way that the first one sent it.
 *
 * The last line is the totals, as of other runners.  With STEP_PLACES set, standard
 * error gets the offset in the stub of each instruction that was met.
 */
#include "step.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#undef PAGE_SIZE
#undef PAGE_MASK
#include "platform/notify/stub_table.h"
#include "platform/stub/layout.h"

#define KICK_SIGNAL SIGSTKFLT
#define BREAKPOINTS 4
#define TRAMPOLINE  48
#define PLACES_MAX  8192
#define PATIENCE    90.0 /* seconds for one call, on a busy machine */
#define LOOKS       2000 /* us after which the sentry should be looking */
#define BLOCKED     0.02 /* a call that waits for the signal has had time to get there */

#define die(...)                              \
	do {                                  \
		fprintf(stderr, __VA_ARGS__); \
		fputc('\n', stderr);          \
		exit(1);                      \
	} while (0)

static pid_t sandbox, guest;
static int mem = -1, ask;
static uint64_t shared, nonce_at;
static struct step_shared sh;
static struct stub_table stub;
static unsigned hits;
static uint32_t rounds, total;
static uint32_t asked; /* of the guest's second thread */
static bool late;      /* it has not done so at once, in this call */
static bool rested;    /* the sentry looked, and this call was told to rest */

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void nap(void)
{
	usleep(20);
}

static uint32_t get32(size_t off)
{
	uint32_t val = 0;

	if (pread(mem, &val, sizeof(val), (off_t)(shared + off)) != sizeof(val))
		die("the guest is gone");
	return val;
}

static void put32(size_t off, uint32_t val)
{
	if (pwrite(mem, &val, sizeof(val), (off_t)(shared + off)) != sizeof(val))
		die("the guest is gone");
}

#define GET(field)      get32(offsetof(struct step_shared, field))
#define PUT(field, val) put32(offsetof(struct step_shared, field), val)

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
	if (mem != -1 && pread(mem, there, sizeof(there), (off_t)nonce_at) == sizeof(there) &&
	    !strncmp(there, nonce, sizeof(there)) &&
	    pread(mem, &sh, sizeof(sh), (off_t)shared) == sizeof(sh))
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

static void disarm(void)
{
	poke(7, 0);
	poke(6, 0);
}

static void arm(const uint64_t *places, unsigned n)
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

static void give_up(const char *why, const struct step_call *c, uint64_t place)
{
	struct user_regs_struct r = {0};

	ptrace(PTRACE_INTERRUPT, guest, 0, 0);
	usleep(100000);
	ptrace(PTRACE_GETREGS, guest, 0, &r);
	if (pread(mem, &sh, sizeof(sh), (off_t)shared) != sizeof(sh))
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

/*
 * The guest's second thread does as it is asked, while the first one stands where it is.
 * In the midst of a change of memory it may have to wait for the first one: then
 * the host's signal alone is sent there, one that nobody wants.
 */
static void kick(unsigned char how)
{
	double until = now() + BLOCKED;

	if (write(ask, &how, 1) != 1)
		die("the guest is gone");
	asked++;
	while (GET(kicks) != asked && now() < until)
		nap();
	if (GET(kicks) != asked) {
		syscall(SYS_tgkill, guest, guest, KICK_SIGNAL);
		late = true;
	}
}

/* What a stop of the guest was; its breakpoint's address, or 0 and it goes on. */
static uint64_t stopped(int status)
{
	struct user_regs_struct r;
	siginfo_t si;
	int sig = WSTOPSIG(status);

	if (status >> 16) {
		ptrace(PTRACE_CONT, guest, 0, 0);
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

struct run {
	const struct step_call *call;
	uint64_t first[BREAKPOINTS]; /* signals are sent where one of these is met... */
	unsigned nr;
	uint64_t second; /* ...and another at this, 0: none */
	bool look;       /* have the sentry look before the signal */
	bool rest;       /* have the call taken, and told to rest, where it is posted */
	bool unwanted;   /* before the signal, a kick that the sentry has not sent */
};

static void stop(void)
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
			ptrace(PTRACE_CONT, guest, 0, 0);
	}
}

/* The place at which the guest has been stopped, 0: it runs. */
static uint64_t look(const struct step_call *c, uint64_t met)
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

static void await(size_t off, uint32_t go, const struct step_call *c)
{
	double until = now() + PATIENCE;

	while (get32(off) != go) {
		if (now() > until)
			give_up("it does not come to the call", c, 0);
		/* A place that it met just before it was stopped. */
		if (look(c, 0))
			ptrace(PTRACE_CONT, guest, 0, 0);
	}
}

#define AWAIT(field, go, c) await(offsetof(struct step_shared, field), go, c)

static uint64_t channel(void)
{
	struct user_regs_struct r;

	ptrace(PTRACE_GETREGS, guest, 0, &r);
	return r.gs_base - CHAN_BASE < CHAN_END - CHAN_BASE ? r.gs_base : 0;
}

static void put_channel(size_t off, uint32_t val)
{
	uint64_t at = channel();

	if (at && pwrite(mem, &val, sizeof(val), (off_t)(at + off)) != sizeof(val))
		die("no channel");
}

static uint32_t get_channel(size_t off)
{
	uint64_t at = channel();
	uint32_t val = 0;

	if (at && pread(mem, &val, sizeof(val), (off_t)(at + off)) != sizeof(val))
		die("no channel");
	return val;
}

/* The stub spins, as if the sentry looked all the time. */
static void pretend_watched(void)
{
	put_channel(CHAN_WATCHED, 1);
}

/*
 * It has posted: wait until the sentry has taken the call, and tells it to sleep.  It is
 * told to ring, its own bell, and rest instead, which the sentry says to those that
 * have slept but shortly before.  No signal is on its way that could answer it meanwhile.
 */
static void put_to_rest(void)
{
	pretend_watched();
	for (int i = 0; i < 20 && get_channel(CHAN_TURN) != TURN_SLEEP; i++)
		kick(STEP_CALLS);
	if (get_channel(CHAN_TURN) != TURN_SLEEP)
		return;
	rested = true;
	put_channel(CHAN_RING, get_channel(CHAN_BELL));
	put_channel(CHAN_TURN, TURN_REST);
}

/* The guest sleeps in its call; on a busy machine it may not even have begun. */
static bool sleeps(void)
{
	char path[64], line[256] = "";
	unsigned long pc = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/syscall", guest);
	f = fopen(path, "r");
	if (f && fgets(line, sizeof(line), f) && strrchr(line, ' '))
		pc = strtoul(strrchr(line, ' '), NULL, 16);
	if (f)
		fclose(f);
	return pc - STUB_BASE < STUB_SIZE;
}

/* The call is on its way: stop it where @r says.  How many signals were sent; *@ret_met: where. */
static uint32_t watch(const struct run *r, uint32_t go, uint64_t *ret_met)
{
	bool blocks = r->call->flags & STEP_BLOCKS;
	uint32_t sent = 0;
	double began = now();
	uint64_t place;

	/* Where the second thread has had to wait, the signal may come behind the call. */
	while (GET(over) != go || GET(kicks) != asked || (late && GET(handled) < sent)) {
		if (now() - began > PATIENCE)
			give_up("it does not return", r->call, *ret_met);
		if (blocks && !sent && now() - began > BLOCKED && sleeps()) {
			sent++;
			kick(STEP_FIRST);
		}
		place = look(r->call, *ret_met);
		if (!place)
			continue;
		if (r->rest && place == stub.posted && !sent) {
			put_to_rest();
			began = now();
			arm(&r->second, 1);
		} else if (!sent++) {
			*ret_met = place;
			if (r->unwanted)
				syscall(SYS_tgkill, guest, guest, KICK_SIGNAL);
			kick((unsigned char)(STEP_FIRST | (r->look ? STEP_CALLS : 0)));
			if (r->second && !r->rest)
				arm(&r->second, 1);
		} else {
			kick(STEP_SECOND);
		}
		ptrace(PTRACE_CONT, guest, 0, 0);
	}
	return sent;
}

/* Make the call once; the place the first signal was sent at, 0: nowhere. */
static uint64_t run_once(const struct run *r)
{
	uint32_t go = ++rounds, sent;
	uint64_t met = 0;

	PUT(which, (uint32_t)(r->call - sh.call));
	PUT(handled, 0);
	late = false;
	PUT(go, go);
	AWAIT(prepared, go, r->call);
	stop();
	arm(r->first, r->nr);
	if (!r->look)
		pretend_watched();
	if (r->call->flags & STEP_LONG) {
		kick(STEP_LOOK);
		usleep(LOOKS);
	}
	PUT(start, go);
	ptrace(PTRACE_CONT, guest, 0, 0);
	sent = watch(r, go, &met);
	stop();
	disarm();
	ptrace(PTRACE_CONT, guest, 0, 0);
	PUT(ack, go);
	AWAIT(done, go, r->call);
	if (GET(failed))
		give_up("wrong", r->call, met);
	if (GET(handled) != sent)
		give_up("not handled in time, or twice", r->call, met);
	if (met)
		hits++;
	return met;
}

/* Where a call has been met in the stub: one byte each. */
static bool known[STUB_SIZE];

static void learn(const uint64_t *places, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (places[i] - STUB_BASE < STUB_SIZE)
			known[places[i] - STUB_BASE] = true;
}

static bool is_posted_at(uint64_t at)
{
	return (at >= stub.posted && at < stub.fast_end) || (at >= stub.outs && at < stub.outs_end);
}

/*
 * Every place where the guest can be in call @c; how many.  One that blocks is
 * slow where it is not met: there, the instructions that others came by.
 */
static unsigned places_of(const struct step_call *c, uint64_t *ret, uint64_t stub_end)
{
	bool blocks = c->flags & STEP_BLOCKS, is_long = c->flags & STEP_LONG;
	unsigned char jump[5];
	int32_t rel;
	unsigned n = 0;

	if (pread(mem, jump, sizeof(jump), (off_t)c->patch) != sizeof(jump) || jump[0] != 0xe9)
		die("the site of %s is not patched", c->name);
	memcpy(&rel, jump + 1, sizeof(rel));
	for (uint64_t i = 0; i < c->len; i++)
		ret[n++] = c->code + i;
	for (uint64_t i = 0; i < TRAMPOLINE; i++)
		ret[n++] = c->patch + sizeof(jump) + (uint64_t)(int64_t)rel + i;
	for (uint64_t at = STUB_BASE + STUB_TABLE_SIZE; at < stub_end; at++)
		if ((!blocks || known[at - STUB_BASE]) && (!is_long || is_posted_at(at)))
			ret[n++] = at;
	return n;
}

/* Four places at a time; where one was met, the others are tried again. */
static unsigned try_all(const struct step_call *c, uint64_t *places, unsigned n, bool look)
{
	unsigned met = 0, next = 0;

	while (next < n) {
		struct run r = {.call = c, .look = look};
		uint64_t place;
		unsigned k;

		r.nr = n - next < BREAKPOINTS ? n - next : BREAKPOINTS;
		memcpy(r.first, places + next, r.nr * sizeof(*places));
		place = run_once(&r);
		/* Whether the sentry looks is up to it. */
		for (k = 1; !place && k < (c->flags & STEP_LONG ? 4u : 1u); k++)
			place = run_once(&r);
		if (!place) {
			next += r.nr;
			continue;
		}
		/* To the front, in order, for whoever wants to know which. */
		for (k = next; places[k] != place; k++)
			;
		places[k] = places[next];
		places[next] = places[met];
		places[met++] = place;
		next++;
	}
	return met;
}

/* Those of @places where an answer can be there, to the front. */
static unsigned keep_posted(uint64_t *places, unsigned n)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < n; i++)
		if (is_posted_at(places[i]))
			places[kept++] = places[i];
	return kept;
}

/* A second signal on the way from the first; there it comes by where no call else does. */
static void try_pairs(const struct step_call *c, uint64_t *places, unsigned n)
{
	unsigned nr_first = n;

	for (uint64_t at = stub.kicked; at < stub.full; at++)
		places[n++] = at;
	for (unsigned i = 0; i < nr_first; i += 3) {
		for (unsigned k = i % 2; k < n; k += 2) {
			struct run r = {
				.call = c, .first = {places[i]}, .nr = 1, .second = places[k]};

			run_once(&r);
		}
	}
}

/* Four times, since the sentry does not always care to look. */
static bool try_rest(const struct run *r)
{
	bool met = false;

	rested = false;
	for (int i = 0; i < 4 && !rested; i++)
		met = run_once(r);
	return met;
}

/* Where a call rests, which it does only when it is told to; how many of the places were met. */
static unsigned try_rests(const struct step_call *c)
{
	unsigned met = 0;

	for (uint64_t at = stub.rest; at < stub.rest_end; at++) {
		struct run r = {
			.call = c, .first = {stub.posted}, .nr = 1, .second = at, .rest = true};

		if (!try_rest(&r))
			continue;
		met++;
		r.unwanted = true;
		try_rest(&r);
	}
	return met;
}

/* The last byte of the stub that is not 0, and a little. */
static uint64_t end_of_stub(void)
{
	static unsigned char code[STUB_SIZE];
	size_t n = sizeof(code);

	if (pread(mem, code, sizeof(code), (off_t)STUB_BASE) != sizeof(code))
		die("no stub there");
	memcpy(&stub, code, sizeof(stub));
	while (n && !code[n - 1])
		n--;
	return STUB_BASE + n;
}

static void try_call(const struct step_call *c, uint64_t stub_end)
{
	static uint64_t places[PLACES_MAX];
	double began = now();
	unsigned n = places_of(c, places, stub_end), met;

	met = try_all(c, places, n, false);
	learn(places, met);
	n = keep_posted(places, met);
	n = try_all(c, places, n, true);
	if (c->flags & STEP_PAIRS)
		try_pairs(c, places, n);
	printf("ok %s: %u places, %u of them twice", c->name, met, n);
	if (c->flags & STEP_BLOCKS)
		printf(", %u at rest", try_rests(c));
	printf(" (%.1f s)\n", now() - began);
	fflush(stdout);
}

/* All calls, or the one @only, that want what is @beside the first thread. */
static void try_beside(char **argv, const char *beside, uint64_t flag, const char *only)
{
	char nonce[STEP_NONCE];
	uint64_t end;

	snprintf(nonce, sizeof(nonce), "step-%d-%s-%ld", getpid(), beside, (long)time(NULL));
	guest = 0;
	rounds = asked = 0;
	start(argv, beside, nonce);
	while (!find_guest(nonce))
		usleep(10000);
	seize();
	if (!poke(0, STUB_BASE))
		skip("no hardware breakpoints here");
	ptrace(PTRACE_CONT, guest, 0, 0);
	end = end_of_stub();
	for (unsigned i = 0; i < sh.nr; i++)
		if ((sh.call[i].flags & STEP_ALONE) == flag &&
		    (!only || !strcmp(only, sh.call[i].name)))
			try_call(&sh.call[i], end);
	kill(sandbox, SIGKILL);
	close(ask);
	close(mem);
	while (waitpid(-1, NULL, __WALL) > 0)
		;
	total += rounds;
}

int main(int argc, char **argv)
{
	const char *only = argc > 4 ? argv[4] : NULL;

	if (argc < 4)
		die("usage: step BAILEY GUEST PLATFORM [CALL]");
	try_beside(argv, "thread", 0, only);
	try_beside(argv, "process", STEP_ALONE, only);
	for (unsigned i = 0; getenv("STEP_PLACES") && i < STUB_SIZE; i++)
		if (known[i])
			fprintf(stderr, "%x\n", i);
	printf("# %u calls\n%u passed, 0 failed, 0 skipped\n", total, hits);
	return 0;
}
