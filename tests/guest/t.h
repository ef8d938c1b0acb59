/*
 * Words for guest tests: one program, one behaviour
 *
 * A test returns 0 when the behaviour holds, 77 when it cannot be tried here
 * (T_SKIP), and anything else, with one line on standard error, when it does
 * not hold. A test runs in an empty directory of its own, with standard input
 * from /dev/null and no other descriptor open, as root or as an ordinary user.
 * It may be process 1 of its world, a session leader, or neither: what depends
 * on that forks first.
 *
 * The checks may also be used in a child: they end it with status 1, and
 * t_reap() in the parent passes that on.
 */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define T_SKIP_STATUS 77

/* An ordinary user and group that exist on no machine as anything special. */
#define T_NOBODY 65534

#define t_die(...)                                         \
	do {                                               \
		dprintf(2, "%s:%d: ", __FILE__, __LINE__); \
		dprintf(2, __VA_ARGS__);                   \
		dprintf(2, "\n");                          \
		_exit(1);                                  \
	} while (0)

#define T_SKIP(...)                      \
	do {                             \
		dprintf(2, __VA_ARGS__); \
		dprintf(2, "\n");        \
		_exit(T_SKIP_STATUS);    \
	} while (0)

#define T_CMP(op, got, want)                                                                     \
	do {                                                                                     \
		long long t_got = (long long)(got), t_want = (long long)(want);                  \
		if (!(t_got op t_want))                                                          \
			t_die("%s %s %s: got %lld (%#llx), want %lld (%#llx)", #got, #op, #want, \
			      t_got, (unsigned long long)t_got, t_want,                          \
			      (unsigned long long)t_want);                                       \
	} while (0)
#define T_EQ(got, want) T_CMP(==, got, want)
#define T_NE(got, want) T_CMP(!=, got, want)
#define T_LT(got, want) T_CMP(<, got, want)
#define T_LE(got, want) T_CMP(<=, got, want)
#define T_GT(got, want) T_CMP(>, got, want)
#define T_GE(got, want) T_CMP(>=, got, want)

#define T_TRUE(cond)                                \
	do {                                        \
		if (!(cond))                        \
			t_die("not so: %s", #cond); \
	} while (0)

#define T_STR(got, want)                                                      \
	do {                                                                  \
		const char *t_g = (got), *t_w = (want);                       \
		if (strcmp(t_g, t_w) != 0)                                    \
			t_die("%s: got \"%s\", want \"%s\"", #got, t_g, t_w); \
	} while (0)

#define T_MEM(got, want, size)                                                              \
	do {                                                                                \
		if (memcmp(got, want, size) != 0)                                           \
			t_die("%s: %zu bytes differ from %s", #got, (size_t)(size), #want); \
	} while (0)

/* The call does not return -1; yields what it returned. */
#define T_OK(call)                                                \
	({                                                        \
		__auto_type t_ret = (call);                       \
		if ((long)t_ret == -1)                            \
			t_die("%s: %s", #call, t_errname(errno)); \
		t_ret;                                            \
	})

/* The call returns -1 with this errno. */
#define T_ERR(call, want)                                                                   \
	do {                                                                                \
		errno = 0;                                                                  \
		long t_eret = (long)(call);                                                 \
		int t_err = errno;                                                          \
		if (t_eret != -1)                                                           \
			t_die("%s: returned %ld, want %s", #call, t_eret, t_errname(want)); \
		if (t_err != (want))                                                        \
			t_die("%s: %s, want %s", #call, t_errname(t_err), t_errname(want)); \
	} while (0)

static inline const char *t_errname(int err)
{
	const char *name = strerrorname_np(err);

	return name ? name : "unknown errno";
}

/* An address where nothing is ever mapped, which the compiler cannot see through. */
static inline void *t_badptr(void)
{
	void *volatile p = (void *)8;

	return p;
}

/* Waits for the child and returns its raw status. */
static inline int t_status(pid_t pid)
{
	int status;
	pid_t got;

	do
		got = waitpid(pid, &status, 0);
	while (got == -1 && errno == EINTR);
	if (got != pid)
		t_die("waitpid(%d): got %d, %s", pid, got, t_errname(errno));
	return status;
}

/* Waits for a child that must end well; its failure or skip becomes ours. */
static inline void t_reap(pid_t pid)
{
	int status = t_status(pid);

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	if (WIFEXITED(status) && WEXITSTATUS(status) == T_SKIP_STATUS)
		_exit(T_SKIP_STATUS);
	t_die("child %d ended with status %#x", pid, status);
}

#define T_EXITED(pid, code)                                                  \
	do {                                                                 \
		int t_st = t_status(pid);                                    \
		if (!WIFEXITED(t_st) || WEXITSTATUS(t_st) != (code))         \
			t_die("child status %#x, want exit %d", t_st, code); \
	} while (0)
#define T_SIGNALED(pid, sig)                                                  \
	do {                                                                  \
		int t_st = t_status(pid);                                     \
		if (!WIFSIGNALED(t_st) || WTERMSIG(t_st) != (sig))            \
			t_die("child status %#x, want signal %d", t_st, sig); \
	} while (0)

/* The state letter in a stat file of /proc, or 0 when there is no such task. */
static inline char t_state_of(const char *path)
{
	char buf[512];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;
	char *paren;

	if (fd == -1)
		return 0;
	got = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (got <= 0)
		return 0;
	buf[got] = '\0';
	paren = strrchr(buf, ')');
	return paren && paren[1] == ' ' ? paren[2] : 0;
}

/* Returns when the process is in one of these states ("S" asleep, "T" stopped, "Z" zombie). */
static inline void t_await_state(pid_t pid, const char *states)
{
	char path[64], state;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (;;) {
		state = t_state_of(path);
		if (!state)
			t_die("no state in %s", path);
		if (strchr(states, state))
			return;
		usleep(500);
	}
}

/* Returns when the process sleeps in a system call. */
static inline void t_await_sleep(pid_t pid)
{
	t_await_state(pid, "S");
}

/* The same for a thread of this process. */
static inline void t_await_thread_sleep(pid_t tid)
{
	char path[64], state;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	do {
		usleep(500);
		state = t_state_of(path);
		if (!state)
			t_die("no state in %s", path);
	} while (state != 'S');
}

static inline pid_t t_gettid(void)
{
	return (pid_t)syscall(SYS_gettid);
}

/* Creates or replaces a file with this text. */
static inline void t_write_file(const char *path, const char *text)
{
	int fd = T_OK(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));

	T_EQ(write(fd, text, strlen(text)), strlen(text));
	T_OK(close(fd));
}

/* Reads a whole small file as a string; returns its length. */
static inline size_t t_read_file(const char *path, char *buf, size_t size)
{
	int fd = T_OK(open(path, O_RDONLY));
	size_t used = 0;
	ssize_t got;

	while (used < size - 1) {
		got = T_OK(read(fd, buf + used, size - 1 - used));
		if (got == 0)
			break;
		used += (size_t)got;
	}
	buf[used] = '\0';
	T_OK(close(fd));
	return used;
}

static inline void t_need_root(void)
{
	if (geteuid() != 0)
		T_SKIP("needs root");
}

/* From here on an ordinary user; for a child, since there is no way back. */
static inline void t_drop_root(void)
{
	if (geteuid() != 0)
		return;
	T_OK(syscall(SYS_setgroups, 0, NULL));
	T_OK(syscall(SYS_setresgid, T_NOBODY, T_NOBODY, T_NOBODY));
	T_OK(syscall(SYS_setresuid, T_NOBODY, T_NOBODY, T_NOBODY));
}

static inline int64_t t_now(clockid_t clock)
{
	struct timespec ts;

	T_OK(clock_gettime(clock, &ts));
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static inline void t_on_signal(int sig, void (*handler)(int), int flags)
{
	struct sigaction sa = {.sa_handler = handler, .sa_flags = flags};

	T_OK(sigaction(sig, &sa, NULL));
}

static inline void t_block(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	T_OK(sigprocmask(SIG_BLOCK, &set, NULL));
}

static inline void t_unblock(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	T_OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
}

static inline void t_ignore_signal(int sig)
{
	(void)sig;
}

/* One byte through a pipe or socket: how tests tell each other where they are. */
static inline void t_post(int fd)
{
	T_EQ(write(fd, "x", 1), 1);
}

static inline void t_take(int fd)
{
	char c;

	T_EQ(read(fd, &c, 1), 1);
}
