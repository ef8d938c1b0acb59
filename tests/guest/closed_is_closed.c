/*
 * A file is closed when close(2) returns: its number is free, it cannot be had from another
 * process, its locks are gone, who watches it hears, what it is mounted from can be unmounted
 *
 * Works on the file `known` of the working directory, which may be there from before; else it
 * is made.  Whoever closes makes no other call until the others have looked.
 */
#include "t.h"

#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>

#define ROUNDS 30
#define WAIT   10000 /* ms: for ever, but for a test */

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

/* Where the two are; told without a call. */
enum { BEGIN, READY, CLOSED, SEEN };
static volatile int *at;
static char cwd[PATH_MAX], known[PATH_MAX + 16];

static void await(int what)
{
	for (unsigned n = 0; __atomic_load_n(at, __ATOMIC_ACQUIRE) != what; n++)
		if (n % 64 == 63)
			usleep(50);
}

/* Without a call, and with no end: who looks ends it. */
static void await_busily(int what)
{
	while (__atomic_load_n(at, __ATOMIC_ACQUIRE) != what)
		;
}

static void say(int what)
{
	__atomic_store_n(at, what, __ATOMIC_RELEASE);
}

static int open_known(void)
{
	struct stat st;
	int fd = T_OK(open("known", O_RDONLY));

	T_OK(fstat(fd, &st));
	return fd;
}

/*
 * This process opens, does @prepare if any, closes, and then runs without a call until @look, in
 * a child, has seen it.
 */
static void seen_by(void (*prepare)(int fd), void (*before)(void), void (*look)(int fd))
{
	pid_t pid;
	int fd;

	say(BEGIN);
	fd = T_OK(open("/dev/null", O_RDONLY));
	T_OK(close(fd));
	pid = T_OK(fork());
	if (!pid) {
		T_OK(prctl(PR_SET_PDEATHSIG, SIGKILL));
		if (before)
			before();
		say(READY);
		await(CLOSED);
		look(fd);
		say(SEEN);
		_exit(0);
	}
	await(READY);
	T_EQ(open_known(), fd);
	if (prepare)
		prepare(fd);
	if (close(fd))
		_exit(1);
	say(CLOSED);
	await_busily(SEEN);
	t_reap(pid);
}

static void look_proc(int fd)
{
	char name[64], text[64];

	snprintf(name, sizeof(name), "/proc/%d/fd/%d", getppid(), fd);
	T_ERR(readlink(name, text, sizeof(text)), ENOENT);
	snprintf(name, sizeof(name), "/proc/%d/fdinfo/%d", getppid(), fd);
	T_ERR(access(name, F_OK), ENOENT);
}

static void look_getfd(int fd)
{
	int pidfd = T_OK((int)syscall(SYS_pidfd_open, getppid(), 0));

	T_ERR(syscall(SYS_pidfd_getfd, pidfd, fd, 0), EBADF);
}

static void lock(int fd)
{
	T_OK(flock(fd, LOCK_EX));
}

static void look_flock(int fd)
{
	(void)fd;
	T_OK(flock(open_known(), LOCK_EX | LOCK_NB));
}

/* A record lock goes with any descriptor of its file. */
static int locked_fd;

static void lock_record(int fd)
{
	struct flock l = {.l_type = F_RDLCK, .l_whence = SEEK_SET};

	(void)fd;
	T_OK(fcntl(locked_fd, F_SETLK, &l));
}

static void look_record(int fd)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	(void)fd;
	T_OK(fcntl(open_known(), F_GETLK, &l));
	T_EQ(l.l_type, F_UNLCK);
}

static int watch;

static void watch_file(void)
{
	watch = T_OK(inotify_init1(IN_NONBLOCK));
	T_OK(inotify_add_watch(watch, "known", IN_CLOSE_NOWRITE));
}

static void heard_of_close(int times)
{
	struct inotify_event e[8];
	int heard = 0;

	while (heard < times) {
		struct pollfd p = {watch, POLLIN, 0};

		T_EQ(poll(&p, 1, WAIT), 1);
		heard += (int)(T_OK((int)read(watch, e, sizeof(e))) / (int)sizeof(e[0]));
		T_EQ(e[0].mask, IN_CLOSE_NOWRITE);
	}
	T_EQ(heard, times);
	T_ERR(read(watch, e, sizeof(e)), EAGAIN);
}

static void look_watch(int fd)
{
	(void)fd;
	heard_of_close(1);
}

/* What was closed before anybody watched is no event, then or later. */
static void watched_too_late(void)
{
	pid_t pid;
	int fd;

	say(BEGIN);
	pid = T_OK(fork());
	if (!pid) {
		struct inotify_event e;

		await(CLOSED);
		watch_file();
		say(SEEN);
		await(READY);
		T_ERR(read(watch, &e, sizeof(e)), EAGAIN);
		_exit(0);
	}
	fd = open_known();
	if (close(fd))
		_exit(1);
	say(CLOSED);
	await_busily(SEEN);
	T_ERR(close(fd), EBADF);
	say(READY);
	t_reap(pid);
}

/* Watched while it is open already. */
static void watched_late(void)
{
	pid_t pid;
	int fd;

	say(BEGIN);
	fd = open_known();
	pid = T_OK(fork());
	if (!pid) {
		T_OK(close(fd));
		watch_file();
		say(READY);
		await(CLOSED);
		heard_of_close(1);
		say(SEEN);
		_exit(0);
	}
	await(READY);
	T_OK(close(fd));
	say(CLOSED);
	await_busily(SEEN);
	t_reap(pid);
}

static char mounted[PATH_MAX + 32];

static void look_mount(int fd)
{
	(void)fd;
	T_OK(umount2(mounted, 0));
}

/* Open below a mount of its own, closed, and unmounted by another. */
static void unmounted(void)
{
	char name[PATH_MAX + 64];
	pid_t pid;
	int fd;

	if (geteuid() || mkdir("mounted", 0755))
		return;
	snprintf(mounted, sizeof(mounted), "%s/mounted", cwd);
	if (mount(cwd, mounted, NULL, MS_BIND, NULL)) {
		T_OK(rmdir(mounted));
		return;
	}
	snprintf(name, sizeof(name), "%s/known", mounted);
	say(BEGIN);
	pid = T_OK(fork());
	if (!pid) {
		await(CLOSED);
		look_mount(0);
		say(SEEN);
		_exit(0);
	}
	fd = T_OK(open(name, O_RDONLY));
	if (close(fd))
		_exit(1);
	say(CLOSED);
	await_busily(SEEN);
	t_reap(pid);
	T_OK(rmdir(mounted));
}

static void number_is_free(void)
{
	struct stat st;
	char c;
	int fd = open_known();

	T_OK(close(fd));
	T_ERR(fstat(fd, &st), EBADF);
	T_ERR(close(fd), EBADF);
	T_EQ(open_known(), fd);
	T_OK(close(fd));
	T_ERR(read(fd, &c, 1), EBADF);
	T_EQ(open_known(), fd);
	T_OK(close(fd));
	T_ERR(dup(fd), EBADF);
	T_ERR(close(-1), EBADF);
	T_ERR(close(fd - (int)0x80000000), EBADF);
}

/* A mapping keeps the file, and not its number, whichever call takes that away. */
static void mapped(void)
{
	struct stat st;

	for (int way = 0; way < 3; way++) {
		int fd = open_known(), other;
		void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

		T_TRUE(p != MAP_FAILED);
		T_EQ(lseek(fd, 0, SEEK_CUR), 0);
		if (way == 0) {
			T_OK(close(fd));
		} else if (way == 1) {
			T_OK((int)syscall(SYS_close_range, fd, fd, 0));
		} else {
			other = T_OK(open("/dev/null", O_RDONLY));
			T_OK(dup2(other, fd));
			T_OK(fstat(fd, &st));
			T_TRUE(S_ISCHR(st.st_mode));
			T_OK(close(other));
			T_OK(close(fd));
		}
		T_ERR(fstat(fd, &st), EBADF);
		T_ERR(lseek(fd, 0, SEEK_CUR), EBADF);
		T_EQ(open_known(), fd);
		T_OK(close(fd));
		T_OK(munmap(p, 4096));
	}
}

/* No more than may be open at a time, one after the other. */
static void within_the_limit(void)
{
	struct rlimit old, few;
	int fd = open_known();

	T_OK(close(fd));
	T_OK(getrlimit(RLIMIT_NOFILE, &old));
	few = (struct rlimit){(rlim_t)fd + 1, old.rlim_max};
	T_OK(setrlimit(RLIMIT_NOFILE, &few));
	for (int i = 0; i < ROUNDS; i++) {
		T_EQ(open_known(), fd);
		T_ERR(open("known", O_RDONLY), EMFILE);
		T_OK(close(fd));
	}
	T_OK(setrlimit(RLIMIT_NOFILE, &old));
}

static void inherited_by_nobody(void)
{
	int fd = open_known();
	pid_t pid;

	T_OK(close(fd));
	pid = T_OK(fork());
	if (!pid) {
		T_ERR(close(fd), EBADF);
		T_EQ(open_known(), fd);
		T_OK(close(fd));
		_exit(0);
	}
	t_reap(pid);
}

static void nothing(int sig)
{
	(void)sig;
}

/* However signals fall, the first close is one, and the second none. */
static void among_signals(void)
{
	struct itimerval often = {{0, 150}, {0, 150}}, never = {0};

	T_TRUE(signal(SIGALRM, nothing) != SIG_ERR);
	T_OK(setitimer(ITIMER_REAL, &often, NULL));
	for (int i = 0; i < 20 * ROUNDS; i++) {
		int fd;

		do
			fd = open("known", O_RDONLY);
		while (fd < 0 && errno == EINTR);
		T_OK(fd);
		T_OK(close(fd));
		T_ERR(close(fd), EBADF);
	}
	T_OK(setitimer(ITIMER_REAL, &never, NULL));
	T_TRUE(signal(SIGALRM, SIG_DFL) != SIG_ERR);
}

int main(void)
{
	if (access("known", F_OK))
		T_OK(close(T_OK(open("known", O_CREAT | O_WRONLY, 0644))));
	T_TRUE(getcwd(cwd, sizeof(cwd)));
	snprintf(known, sizeof(known), "%s/known", cwd);
	at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	T_TRUE(at != MAP_FAILED);
	for (int i = 0; i < ROUNDS; i++) {
		number_is_free();
		inherited_by_nobody();
		mapped();
	}
	within_the_limit();
	among_signals();
	/* Nobody ends who waits busily for one that has failed. */
	alarm(60);
	for (int i = 0; i < 5; i++) {
		seen_by(NULL, NULL, look_proc);
		seen_by(NULL, NULL, look_getfd);
		unmounted();
		watched_too_late();
		watched_late();
		seen_by(NULL, watch_file, look_watch);
	}
	seen_by(lock, NULL, look_flock);
	locked_fd = T_OK(open("known", O_RDONLY));
	T_EQ(fcntl(locked_fd, F_DUPFD, 100), 100);
	T_OK(close(locked_fd));
	locked_fd = 100;
	seen_by(lock_record, NULL, look_record);
	return 0;
}
