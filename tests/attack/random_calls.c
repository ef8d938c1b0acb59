/*
 * Invariant 5: system calls with arguments drawn at random from what tends to
 * matter. Whatever the caller gets, the sandbox goes on. ATTACK_SEED and
 * ATTACK_SEEDS say where to begin and how long to go on.
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include "a.h"

#define SEEDS     48
#define LAST_CALL 462

static uint64_t state;
static char *pool;

static uint64_t draw(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

static bool spared(long nr)
{
	static const short calls[] = {SYS_exit,
				      SYS_exit_group,
				      SYS_rt_sigreturn,
				      SYS_kill,
				      SYS_tkill,
				      SYS_tgkill,
				      SYS_rt_sigqueueinfo,
				      SYS_rt_tgsigqueueinfo,
				      SYS_pidfd_send_signal,
				      SYS_reboot,
				      SYS_vfork,
				      SYS_pause,
				      SYS_rt_sigsuspend,
				      SYS_ptrace};
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (calls[i] == nr)
			return true;
	return false;
}

/* Calls that soon end whoever makes them at random are made seldom. */
static bool deadly(long nr)
{
	static const short calls[] = {SYS_munmap,
				      SYS_mremap,
				      SYS_mmap,
				      SYS_mprotect,
				      SYS_brk,
				      SYS_clone,
				      SYS_rt_sigprocmask,
				      SYS_rt_sigaction,
				      SYS_madvise,
				      SYS_setrlimit,
				      SYS_prlimit64,
				      SYS_close,
				      SYS_arch_prctl,
				      SYS_clone3,
				      SYS_close_range,
				      SYS_set_tid_address,
				      SYS_setitimer,
				      SYS_alarm,
				      SYS_sigaltstack,
				      SYS_nanosleep,
				      SYS_select,
				      SYS_poll,
				      SYS_shmat,
				      SYS_wait4,
				      SYS_waitid,
				      SYS_futex,
				      SYS_flock,
				      SYS_clock_nanosleep,
				      SYS_rt_sigtimedwait,
				      SYS_pkey_mprotect,
				      SYS_personality,
				      SYS_chroot,
				      SYS_setuid,
				      SYS_fork};
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (calls[i] == nr)
			return draw(16) != 0;
	return false;
}

static void open_things(void)
{
	struct epoll_event ev = {.events = EPOLLIN};
	sigset_t set;
	int p[2], ep;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	open("/tmp", O_RDONLY);
	open("/tmp/file", O_RDWR | O_CREAT, 0666);
	open("/mnt/rw/file", O_RDWR);
	open("/mnt/ro/file", O_RDONLY);
	open("/bin/attack", O_PATH);
	open("/proc/self/status", O_RDONLY);
	open("/proc/self/mem", O_RDWR);
	open("/dev/ptmx", O_RDWR | O_NOCTTY);
	open("/dev/null", O_RDWR);
	pipe2(p, O_NONBLOCK);
	eventfd(1, EFD_NONBLOCK);
	timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	signalfd(-1, &set, SFD_NONBLOCK);
	inotify_init1(IN_NONBLOCK);
	memfd_create("m", MFD_ALLOW_SEALING);
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p);
	socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, p);
	socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	syscall(SYS_pidfd_open, getpid(), 0);
	ep = epoll_create1(0);
	epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev);
}

/* Memory that looks like paths, lengths, pointers, descriptors and flags at once. */
static void fill_pool(void)
{
	static const char *const paths[] = {"/tmp/file", "/tmp/x",          "/mnt/ro/file",
					    "/mnt/rw/x", "/proc/self/fd/5", "..",
					    "",          "/dev/null"};
	uint64_t *words = (uint64_t *)pool;
	size_t i;

	for (i = 0; i < 16 * A_PAGE / 8; i++)
		words[i] = draw(3)   ? draw(64)
			   : draw(2) ? (uintptr_t)pool + draw(16 * A_PAGE)
				     : state;
	for (i = 0; i < 64; i++)
		strcpy(pool + i * 256, paths[draw(8)]);
}

static uint64_t argument(void)
{
	switch (draw(12)) {
	case 0:
		return draw(40);
	case 1:
		return (uintptr_t)pool + draw(64) * 256;
	case 2:
		return (uintptr_t)pool + 8 * draw(16 * A_PAGE / 8);
	case 3:
		return (uintptr_t)pool + 16 * A_PAGE - draw(64); /* runs into a hole */
	case 4:
		return 1ULL << draw(64);
	case 5:
		return (uint64_t)-1 - draw(200);
	case 6:
		return draw(2) ? STUB_BASE + draw(STUB_SIZE) : CHAN_BASE + draw(CHAN_SIZE);
	case 7:
		return A_PAGE << draw(30);
	case 8:
		return 0;
	case 9:
		return state;
	case 10:
		return draw(4096);
	default:
		return 3 + draw(30);
	}
}

static void attack(void *arg)
{
	struct itimerval it = {{0, 3000}, {0, 3000}};
	struct rlimit memory = {1 << 30, 1 << 30}, procs = {100, 100}, files = {64, 64},
		      size = {16 << 20, 16 << 20};
	pid_t me = getpid();
	int i;

	state = 88172645463325252ULL + (uintptr_t)arg * 0x9e3779b97f4a7c15ULL;
	setpgid(0, 0);
	setrlimit(RLIMIT_AS, &memory);
	setrlimit(RLIMIT_NPROC, &procs);
	setrlimit(RLIMIT_NOFILE, &files);
	setrlimit(RLIMIT_FSIZE, &size);
	chdir("/tmp");
	pool = mmap(NULL, 17 * A_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(pool + 16 * A_PAGE, A_PAGE);
	open_things();
	if ((uintptr_t)arg % 2)
		t_drop_root();
	t_on_signal(SIGALRM, t_ignore_signal, 0);
	t_on_signal(SIGPIPE, SIG_IGN, 0);
	t_on_signal(SIGXFSZ, SIG_IGN, 0);
	setitimer(ITIMER_REAL, &it, NULL);
	for (i = 0; i < 4000; i++) {
		long nr = (long)draw(LAST_CALL + 1);
		uint64_t a[6];
		int k;
		if (i % 100 == 0)
			fill_pool();
		for (k = 0; k < 6; k++)
			a[k] = argument();
		if (spared(nr) || deadly(nr))
			continue;
		syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
		if (syscall(SYS_getpid) != me)
			syscall(SYS_exit_group, 0);
	}
}

int main(void)
{
	uintptr_t first = getenv("ATTACK_SEED") ? (uintptr_t)atol(getenv("ATTACK_SEED")) : 1, i;
	uintptr_t seeds = getenv("ATTACK_SEEDS") ? (uintptr_t)atol(getenv("ATTACK_SEEDS")) : SEEDS;

	for (i = first; i < first + seeds; i++) {
		a_try_for(400, attack, (void *)i);
		a_survives();
	}
	return 0;
}
