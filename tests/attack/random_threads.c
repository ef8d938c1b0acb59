/*
 * Invariant 5: threads that draw their system calls at random, with arguments
 * that make sense, on descriptors, memory, words and processes they share.
 * ATTACK_SEED and ATTACK_SEEDS as in random_calls.
 */
#include <linux/futex.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/timerfd.h>

#include "a.h"

#define SEEDS   12
#define THREADS 5
#define FDS     24

static uint32_t words[8];
static char *area; /* 64 pages that come, go and change their rights */
static volatile pid_t pids[4];
static const char *const names[] = {"a", "b", "d", "d/a", "d/b", "l", "p", "s"};

static uint64_t draw(uint64_t *state, uint64_t n)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state % n;
}

static int fd_of(uint64_t *s)
{
	return 3 + (int)draw(s, FDS);
}

static const char *name_of(uint64_t *s)
{
	return names[draw(s, 8)];
}

static void keep(int fd, uint64_t *s)
{
	if (fd < 3)
		return;
	if (fd >= 3 + FDS)
		dup2(fd, fd_of(s)), close(fd);
}

static void make_descriptor(uint64_t *s)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "s"};
	struct sockaddr_in sin = {.sin_family = AF_INET,
				  .sin_port = htons((uint16_t)(4000 + draw(s, 3))),
				  .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int p[2] = {-1, -1}, fd = -1;

	switch (draw(s, 14)) {
	case 0:
		pipe2(p, O_NONBLOCK);
		break;
	case 1:
		socketpair(AF_UNIX, (draw(s, 2) ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0, p);
		break;
	case 2:
		fd = eventfd(0, EFD_NONBLOCK);
		break;
	case 3:
		fd = epoll_create1(0);
		break;
	case 4:
		fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
		break;
	case 5:
		fd = inotify_init1(IN_NONBLOCK);
		break;
	case 6:
		fd = memfd_create("m", MFD_ALLOW_SEALING);
		break;
	case 7:
		fd = open(name_of(s), (draw(s, 2) ? O_RDWR : O_RDONLY) | O_CREAT | O_NONBLOCK,
			  0644);
		break;
	case 8:
		fd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
		if (fd >= 0)
			ioctl(fd, TIOCSPTLCK, &(int){0});
		break;
	case 9:
		fd = open(draw(s, 2) ? "/proc/self/status" : "/proc/self/maps", O_RDONLY);
		break;
	case 10:
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		unlink("s");
		bind(fd, (struct sockaddr *)&sun, sizeof(sun));
		listen(fd, 2);
		break;
	case 11:
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(fd, (struct sockaddr *)&sun, sizeof(sun));
		break;
	case 12:
		fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		bind(fd, (struct sockaddr *)&sin, sizeof(sin));
		listen(fd, 2);
		break;
	default:
		fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(fd, (struct sockaddr *)&sin, sizeof(sin));
	}
	keep(fd, s);
	keep(p[0], s);
	keep(p[1], s);
}

static void use_descriptor(uint64_t *s)
{
	struct epoll_event ev = {.events = (uint32_t)draw(s, 64) | (draw(s, 2) ? EPOLLET : 0)},
			   out[4];
	struct pollfd pfd[3] = {
		{fd_of(s), POLLIN | POLLOUT, 0}, {fd_of(s), POLLIN, 0}, {fd_of(s), POLLOUT, 0}};
	struct itimerspec it = {{0, 100000}, {0, (long)draw(s, 300000)}};
	static __thread char buf[9000];
	int fd = fd_of(s), n;

	switch (draw(s, 22)) {
	case 0:
	case 1:
		read(fd, buf, draw(s, sizeof(buf)));
		break;
	case 2:
	case 3:
		write(fd, buf, draw(s, sizeof(buf)));
		break;
	case 4:
		close(fd);
		break;
	case 5:
		dup2(fd, fd_of(s));
		break;
	case 6:
		epoll_ctl(fd, (int)draw(s, 3) + 1, fd_of(s), &ev);
		break;
	case 7:
		epoll_wait(fd, out, 4, (int)draw(s, 2));
		break;
	case 8:
		poll(pfd, 3, (int)draw(s, 2));
		break;
	case 9:
		keep(accept4(fd, NULL, NULL, SOCK_NONBLOCK), s);
		break;
	case 10:
		shutdown(fd, (int)draw(s, 3));
		break;
	case 11:
		splice(fd, NULL, fd_of(s), NULL, draw(s, 5000), SPLICE_F_NONBLOCK);
		break;
	case 12:
		tee(fd, fd_of(s), draw(s, 5000), SPLICE_F_NONBLOCK);
		break;
	case 13:
		ftruncate(fd, (off_t)draw(s, 100000));
		break;
	case 14:
		timerfd_settime(fd, 0, &it, NULL);
		break;
	case 15:
		inotify_add_watch(fd, name_of(s), (uint32_t)draw(s, 0xfff) + 1);
		break;
	case 16:
		flock(fd, ((int)draw(s, 2) + 1) | LOCK_NB);
		break;
	case 17:
		fcntl(fd, F_SETLK,
		      &(struct flock){.l_type = (short)draw(s, 3),
				      .l_start = (off_t)draw(s, 10),
				      .l_len = (off_t)draw(s, 10)});
		break;
	case 18:
		ioctl(fd, FIONREAD, &n);
		break;
	case 19:
		fcntl(fd, F_SETPIPE_SZ, (int)draw(s, 200000));
		break;
	case 20:
		fcntl(fd, F_ADD_SEALS, (int)draw(s, 16));
		break;
	default:
		lseek(fd, (off_t)draw(s, 10000), (int)draw(s, 5));
	}
}

static void use_names(uint64_t *s)
{
	char buf[64];

	switch (draw(s, 9)) {
	case 0:
		rename(name_of(s), name_of(s));
		break;
	case 1:
		link(name_of(s), name_of(s));
		break;
	case 2:
		unlink(name_of(s));
		break;
	case 3:
		mkdir(name_of(s), 0755);
		break;
	case 4:
		rmdir(name_of(s));
		break;
	case 5:
		symlink(name_of(s), name_of(s));
		break;
	case 6:
		renameat2(AT_FDCWD, name_of(s), AT_FDCWD, name_of(s), (unsigned)draw(s, 3));
		break;
	case 7:
		mkfifo(name_of(s), 0644);
		break;
	default:
		readlink(name_of(s), buf, sizeof(buf));
	}
}

static void use_memory(uint64_t *s)
{
	uint64_t page = draw(s, 60), pages = 1 + draw(s, 4);
	char *at = area + page * A_PAGE;
	uint32_t *word = &words[draw(s, 8)];
	struct timespec soon = {0, (long)draw(s, 200000)};

	switch (draw(s, 12)) {
	case 0:
	case 1:
		mmap(at, pages * A_PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		break;
	case 2:
		mmap(at, pages * A_PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd_of(s), 0);
		break;
	case 3:
		munmap(at, pages * A_PAGE);
		break;
	case 4:
		mprotect(at, pages * A_PAGE, (int)draw(s, 4));
		break;
	case 5:
		mremap(at, pages * A_PAGE, (1 + draw(s, 4)) * A_PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		       area + draw(s, 60) * A_PAGE);
		break;
	case 6:
		madvise(at, pages * A_PAGE, (int)draw(s, 5));
		break;
	case 7:
		read(fd_of(s), at, pages * A_PAGE);
		break;
	case 8:
		write(fd_of(s), at, pages * A_PAGE);
		break;
	case 9:
		syscall(SYS_futex, word, FUTEX_WAKE, 1 + draw(s, 3), NULL, NULL, 0);
		break;
	case 10:
		syscall(SYS_futex, word, FUTEX_WAIT, *word, &soon, NULL, 0);
		break;
	default:
		syscall(SYS_futex, word, FUTEX_CMP_REQUEUE, 1, 2, &words[draw(s, 8)], *word);
	}
}

static void use_processes(uint64_t *s)
{
	volatile pid_t *slot = &pids[draw(s, 4)];
	pid_t pid;

	switch (draw(s, 8)) {
	case 0:
	case 1:
		pid = fork();
		if (pid == 0) {
			if (draw(s, 2))
				execl("/bin/attack", "attack", "child", NULL);
			for (int i = 0; i < 20; i++)
				use_descriptor(s);
			syscall(SYS_exit_group, 0);
		}
		if (pid > 0)
			*slot = pid;
		break;
	case 2:
		waitpid(-1, NULL, WNOHANG);
		break;
	case 3:
		if (*slot > 1)
			kill(*slot, draw(s, 2) ? SIGKILL : SIGSTOP);
		break;
	case 4:
		kill(getpid(), SIGUSR1);
		break;
	case 5:
		if (*slot > 1)
			kill(*slot, SIGCONT);
		break;
	case 6:
		prctl(PR_SET_NAME, name_of(s));
		break;
	default:
		if (*slot > 1)
			keep((int)syscall(SYS_pidfd_open, *slot, 0), s);
	}
}

static void *run(void *arg)
{
	uint64_t state = (uintptr_t)arg * 0x9e3779b97f4a7c15ULL | 1;
	int i;

	for (i = 0; i < 1500; i++) {
		switch (draw(&state, 16)) {
		case 0:
		case 1:
			make_descriptor(&state);
			break;
		case 2:
		case 3:
			use_names(&state);
			break;
		case 4:
		case 5:
		case 6:
			use_memory(&state);
			break;
		case 7:
			use_processes(&state);
			break;
		default:
			use_descriptor(&state);
		}
	}
	return NULL;
}

static void attack(void *arg)
{
	struct rlimit procs = {200, 200};
	char dir[64];
	pthread_t t[THREADS];
	uintptr_t i;

	setpgid(0, 0);
	setrlimit(RLIMIT_NPROC, &procs);
	snprintf(dir, sizeof(dir), "%s/%lu", (uintptr_t)arg % 2 ? "/tmp" : "/mnt/rw",
		 (unsigned long)(uintptr_t)arg);
	mkdir(dir, 0755);
	T_OK(chdir(dir));
	area = T_OK(mmap(NULL, 64 * A_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			 0));
	t_on_signal(SIGUSR1, t_ignore_signal, SA_RESTART);
	t_on_signal(SIGPIPE, SIG_IGN, 0);
	t_on_signal(SIGHUP, SIG_IGN, 0);
	for (i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, run, (void *)((uintptr_t)arg * 100 + i + 1));
	for (i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	kill(0, SIGKILL);
}

int main(int argc, char **argv)
{
	uintptr_t first = getenv("ATTACK_SEED") ? (uintptr_t)atol(getenv("ATTACK_SEED")) : 1, i;
	uintptr_t seeds = getenv("ATTACK_SEEDS") ? (uintptr_t)atol(getenv("ATTACK_SEEDS")) : SEEDS;

	if (argc > 1)
		return argv[1][0] != 'c';
	for (i = first; i < first + seeds; i++) {
		a_try_for(2000, attack, (void *)i);
		a_survives();
	}
	return 0;
}
