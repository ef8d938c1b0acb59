/*
 * Running one command (run.h).
 *
 * We are the reaper of whatever it leaves behind, so after it we can end those
 * that changed their process group, too: a runtime's helpers, servers.
 */
#include "runtime/bench/run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime/bench/procs.h"

#define BENCH_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static volatile sig_atomic_t interrupted;

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
}

static void on_signal(int sig)
{
	interrupted = sig;
}

void run_catch_signals(void)
{
	static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction sa = {.sa_handler = on_signal};

	for (size_t i = 0; i < ARRAY_SIZE(caught); i++)
		sigaction(caught[i], &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	procs_spare();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

bool run_interrupted(void)
{
	return interrupted;
}

char *const *run_env(void)
{
	static char *const env[] = {
		(char *)"PATH=" BENCH_PATH,
		(char *)"HOME=/tmp",
		(char *)"LANG=C.UTF-8",
		(char *)"TERM=dumb",
		NULL,
	};

	return env;
}

bool run_find(const char *name, char *path, size_t size)
{
	const char *dir = BENCH_PATH;

	while (*dir) {
		size_t len = strcspn(dir, ":");

		if ((size_t)snprintf(path, size, "%.*s/%s", (int)len, dir, name) < size &&
		    !access(path, X_OK))
			return true;
		dir += len + (dir[len] == ':');
	}
	return false;
}

/* Keep the first bytes, or the last. */
static void keep(char *buf, size_t size, const char *more, size_t len, bool last)
{
	size_t have = strlen(buf);

	if (last && len >= size) {
		more += len - (size - 1);
		len = size - 1;
	}
	if (last && have + len >= size) {
		size_t drop = have + len - (size - 1);

		memmove(buf, buf + drop, have - drop);
		have -= drop;
	}
	len = min(len, size - 1 - have);
	memcpy(buf + have, more, len);
	buf[have + len] = '\0';
}

static int take_output(int *fd, char *buf, size_t size, bool last)
{
	char more[4096];
	ssize_t n = read(*fd, more, sizeof(more));

	if (n > 0) {
		keep(buf, size, more, (size_t)n, last);
	} else if (n == 0 || errno != EAGAIN) {
		close(*fd);
		*fd = -1;
	}
	return n > 0;
}

static int spawn(struct run *r, int out, int err)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none;
	int e;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	if (r->discard)
		posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	else
		posix_spawn_file_actions_adddup2(&files, out, 1);
	posix_spawn_file_actions_adddup2(&files, err, 2);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &none);
	e = posix_spawn(&r->pid, r->argv[0], &files, &attr, r->argv, r->env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return -e;
}

/* What the deadlines allow a poll() to wait. */
static int wait_ms(const struct run *r, u64 begin, bool watched)
{
	u64 gone = (now_ns() - begin) / NSEC_PER_MSEC;
	u64 until = r->watch && !watched ? min(r->watch_ms, r->limit_ms) : r->limit_ms;

	return gone >= until ? 0 : (int)(until - gone) + 1;
}

/* Until the process has ended; 0, or why it was not waited for any longer. */
static int attend(struct run *r, int pidfd, int *out, int *err, u64 begin)
{
	bool watched = false;

	for (;;) {
		struct pollfd p[] = {{pidfd, POLLIN, 0}, {*out, POLLIN, 0}, {*err, POLLIN, 0}};
		int n = poll(p, ARRAY_SIZE(p), wait_ms(r, begin, watched));

		if (interrupted && !r->even_interrupted)
			return -EINTR;
		if (n > 0 && p[0].revents)
			return 0;
		if (n > 0 && p[1].revents)
			take_output(out, r->out, sizeof(r->out), false);
		if (n > 0 && p[2].revents)
			take_output(err, r->err, sizeof(r->err), true);
		if ((now_ns() - begin) / NSEC_PER_MSEC >= r->limit_ms)
			return -ETIME;
		if (r->watch && !watched && (now_ns() - begin) / NSEC_PER_MSEC >= r->watch_ms) {
			watched = true;
			if (r->watch(r, r->watch_arg))
				return -ECANCELED;
		}
	}
}

/* A pipe of which the reading end, ours, does not block. */
static int make_pipe(int fd[2])
{
	if (pipe2(fd, O_CLOEXEC))
		return -errno;
	fcntl(fd[0], F_SETFL, O_NONBLOCK);
	return 0;
}

static int collect(struct run *r, int pidfd, int *out, int *err, u64 begin)
{
	int end = pidfd < 0 ? pidfd : attend(r, pidfd, out, err, begin);

	r->ns = now_ns() - begin;
	if (end) {
		/* What is asked to end can take its helpers along; what does not, is made to. */
		kill(-r->pid, SIGTERM);
		procs_await(pidfd, 500);
		procs_kill_tree(r->pid);
	}
	waitpid(r->pid, &r->status, 0);
	while (*out >= 0 && take_output(out, r->out, sizeof(r->out), false))
		;
	while (*err >= 0 && take_output(err, r->err, sizeof(r->err), true))
		;
	procs_kill_tree(getpid());
	r->timed_out = end == -ETIME;
	if (end == -ECANCELED)
		return 0;
	if (end)
		return end;
	return r->status ? -ECHILD : 0;
}

static void close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

int run_command(struct run *r)
{
	int out[2], err[2], pidfd, e;
	u64 begin;

	r->out[0] = r->err[0] = '\0';
	r->timed_out = false;
	if (interrupted && !r->even_interrupted)
		return -EINTR;
	e = make_pipe(out);
	if (e)
		return e;
	e = make_pipe(err);
	if (e) {
		close(out[0]);
		close(out[1]);
		return e;
	}
	begin = now_ns();
	e = spawn(r, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	if (!e) {
		pidfd = (int)syscall(SYS_pidfd_open, r->pid, 0);
		pidfd = pidfd < 0 ? -errno : pidfd;
		e = collect(r, pidfd, &out[0], &err[0], begin);
		close_if_open(pidfd);
	}
	close_if_open(out[0]);
	close_if_open(err[0]);
	return e;
}

/* The last line that says something. */
static void last_line(const char *text, char *buf, size_t size)
{
	size_t end = strlen(text), begin;

	while (end && strchr("\r\n \t", text[end - 1]))
		end--;
	for (begin = end; begin && text[begin - 1] != '\n';)
		begin--;
	snprintf(buf, size, "%.*s", (int)(end - begin), text + begin);
	for (char *p = buf; *p; p++)
		if ((u8)*p < ' ' || *p == 0x7f)
			*p = '?';
}

void run_why(const struct run *r, int err, char *buf, size_t size)
{
	char line[160];

	last_line(r->err, line, sizeof(line));
	if (err == -ETIME)
		snprintf(buf, size, "did not end within %u s", r->limit_ms / 1000);
	else if (err == -EINTR)
		snprintf(buf, size, "interrupted");
	else if (err != -ECHILD)
		snprintf(buf, size, "%s", strerror(-err));
	else if (line[0])
		snprintf(buf, size, "%s", line);
	else if (WIFSIGNALED(r->status))
		snprintf(buf, size, "killed by signal %d", WTERMSIG(r->status));
	else
		snprintf(buf, size, "ended with status %d", WEXITSTATUS(r->status));
}
