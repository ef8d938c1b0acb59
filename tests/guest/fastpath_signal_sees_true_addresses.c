/* a handler finds in its ucontext an address of the program, the very one for a signal to itself */
#include "site.h"

#include <ucontext.h>

static volatile uintptr_t seen;
static volatile long seen_ax;
static volatile int arrived;
static uintptr_t text[64][2];
static unsigned nr_text;

static void on_signal(int sig, siginfo_t *info, void *uc)
{
	(void)sig;
	(void)info;
	seen = (uintptr_t)((ucontext_t *)uc)->uc_mcontext.gregs[REG_RIP];
	seen_ax = ((ucontext_t *)uc)->uc_mcontext.gregs[REG_RAX];
	arrived++;
}

/* What maps says can be executed. */
static void read_maps(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	char line[512], perm[8];

	T_TRUE(f);
	nr_text = 0;
	while (fgets(line, sizeof(line), f) && nr_text < 64) {
		if (sscanf(line, "%lx-%lx %7s", &text[nr_text][0], &text[nr_text][1], perm) == 3 &&
		    perm[2] == 'x')
			nr_text++;
	}
	fclose(f);
}

static bool in_text(uintptr_t addr)
{
	for (unsigned i = 0; i < nr_text; i++)
		if (addr >= text[i][0] && addr < text[i][1])
			return true;
	return false;
}

/* tgkill(pid, tid, SIGUSR1) made from @at: the handler runs right behind it. */
static long kill_from(const unsigned char *at, int pid, int tid)
{
	return ((long (*)(long, long, long))(uintptr_t)at)(pid, tid, SIGUSR1);
}

/* mov $tgkill,%eax, a nop where the site is not to be known by the mov, then the site from its
 * syscall on */
static unsigned put_kill(unsigned char *m, const struct site *s)
{
	unsigned from = s->after - 2, at = 5;

	memcpy(m, (unsigned char[]){0xb8, SYS_tgkill, 0, 0, 0}, 5);
	if (s->code[0] != 0xb8)
		m[at++] = 0x90;
	memcpy(m + at, s->code + from, s->size - from);
	return at + 2;
}

static void each_site(void)
{
	int pid = getpid(), tid = gettid();

	for (unsigned i = 0; i < NR_SITES; i++) {
		unsigned char *m = site_page();
		unsigned after = put_kill(m, &sites[i]);

		site_seal(m);
		for (int k = 0; k < 20; k++) {
			seen = 0;
			T_EQ(kill_from(m, pid, tid), 0);
			T_EQ(seen, (uintptr_t)m + after);
			T_EQ(seen_ax, 0);
		}
	}
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
	struct itimerval it = {{0, 1000}, {0, 1000}};

	T_OK(sigaction(SIGUSR1, &sa, NULL));
	each_site();

	sa.sa_flags |= SA_RESTART;
	T_OK(sigaction(SIGALRM, &sa, NULL));
	for (int i = 0; i < 20; i++)
		syscall(SYS_getppid), getppid(), getuid();
	read_maps();
	T_TRUE(in_text((uintptr_t)&read_maps));
	arrived = 0;
	T_OK(setitimer(ITIMER_REAL, &it, NULL));
	for (int n = 0; n < 100; n = arrived) {
		syscall(SYS_getppid);
		getppid();
		getuid();
		if (arrived != n)
			T_TRUE(in_text(seen));
	}
	return 0;
}
