/*
 * While a sandbox runs: signals in, its end out.
 *
 * A signal that the terminal sent (^C, ^\, ^Z, resize) goes to the foreground
 * process group inside; one that a process sent goes to the program.  When the
 * program is stopped we stop too, so that the caller's shell sees a stopped job.
 */
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/debugenv.h"
#include "runtime/runtime.h"

#define HANGUP_WAIT_MS  2000
#define FAULT_REPORT_MS 5000

static const int relayed[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,  SIGUSR1,
			      SIGUSR2, SIGTSTP, SIGCONT, SIGWINCH, SIGALRM};

static int open_signals(sigset_t *old)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(relayed); i++) {
		struct sigaction sa;

		/* What nohup(1) and the like ignore, the program does not get to see. */
		if (!sigaction(relayed[i], NULL, &sa) && sa.sa_handler != SIG_IGN)
			sigaddset(&set, relayed[i]);
	}
	sigprocmask(SIG_BLOCK, &set, old);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void relay_signals(struct sandbox *s, int sigfd)
{
	struct signalfd_siginfo info;

	while (read(sigfd, &info, sizeof(info)) == sizeof(info)) {
		bool terminal = info.ssi_code == SI_KERNEL;

		/* If it is gone, its end is reported on the same socket; one that has
		 * stopped reading gets no signals.
		 */
		if (control_send(s->control, terminal ? CONTROL_SIGNAL_GROUP : CONTROL_SIGNAL,
				 (s32)info.ssi_signo, NULL))
			return;
	}
}

/* Stop as the program did; when a shell continues us, the program's whole group goes on. */
static void stop_with_it(struct sandbox *s)
{
	raise(SIGSTOP);
	if (control_send(s->control, CONTROL_SIGNAL_GROUP, SIGCONT, NULL))
		return;
}

static int exit_status(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

/* It has hung up: a sound one ends at once, any other is ended. */
static void await_end(pid_t pid)
{
	struct pollfd p = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};

	if (p.fd < 0 || poll(&p, 1, HANGUP_WAIT_MS) <= 0)
		kill(pid, SIGKILL);
	if (p.fd >= 0)
		close(p.fd);
}

static int describe_death(struct sandbox *s)
{
	int status;

	if (s->sentry > 0)
		await_end(s->sentry);
	if (s->sentry <= 0 || waitpid(s->sentry, &status, 0) != s->sentry)
		return fail("the sentry is gone");
	s->sentry = -1;
	if (WIFSIGNALED(status))
		return fail("the sentry was killed by signal %d (%s); its guests went with it",
			    WTERMSIG(status), strsignal(WTERMSIG(status)));
	return fail("the sentry ended with status %d and gave no reason", WEXITSTATUS(status));
}

int fail_as_told(const struct control_msg *m)
{
	fail("%s", m->text);
	return m->value == EXIT_NOT_FOUND || m->value == EXIT_NOT_EXECUTABLE ? m->value
									     : EXIT_BAILEY_FAILED;
}

enum course {
	GOES_ON,
	ENDED, /* the program has */
	BROKE, /* the sandbox has, and the program with it */
};

/* One packet; the exit status in *@ret when that was the last. */
static enum course serve_packet(struct sandbox *s, int *ret)
{
	struct control_msg m;
	int n = control_recv(s->control, &m);

	if (n == -EAGAIN)
		return GOES_ON;
	if (n <= 0) {
		*ret = n ? fail("the sentry's control socket: %s", strerror(-n))
			 : describe_death(s);
		return BROKE;
	}
	switch ((enum control_type)m.type) {
	case CONTROL_EXITED:
		*ret = exit_status(m.value);
		return ENDED;
	case CONTROL_FAILED:
		*ret = fail_as_told(&m);
		return BROKE;
	case CONTROL_STOPPED:
		stop_with_it(s);
		return GOES_ON;
	case CONTROL_STARTED:
	case CONTROL_DONE:
		return GOES_ON;
	case CONTROL_PROCESSES:
	case CONTROL_SIGNAL:
	case CONTROL_SIGNAL_GROUP:
	case CONTROL_SIGNAL_ALL:
	case CONTROL_START:
	case CONTROL_KEEP:
	case CONTROL_EXEC:
	case CONTROL_PS:
		break;
	}
	*ret = fail("the sentry sent a packet of unknown type %u", m.type);
	return BROKE;
}

/* The gofer outlives the sentry unless it was killed: then no file can be reached any more. */
static int describe_gofer_death(struct sandbox *s)
{
	int status;

	if (waitpid(s->gofer, &status, 0) != s->gofer)
		return fail("the gofer is gone");
	s->gofer = -1;
	if (WIFSIGNALED(status))
		return fail("the gofer was killed by signal %d (%s); the sandbox ends with it",
			    WTERMSIG(status), strsignal(WTERMSIG(status)));
	return fail("the gofer ended with status %d while it was needed", WEXITSTATUS(status));
}

/* Roles with a fault on order end by themselves, to say whether it came up (lib/fault.h). */
static void await_fault_reports(struct sandbox *s)
{
	const pid_t pids[] = {s->sentry, s->gofer};

	for (size_t i = 0; i < ARRAY_SIZE(pids) && debugenv_get("BAILEY_FAULT"); i++) {
		struct pollfd p = {(int)syscall(SYS_pidfd_open, pids[i], 0), POLLIN, 0};

		if (p.fd < 0)
			continue;
		if (poll(&p, 1, FAULT_REPORT_MS) == 0)
			fail("role %zu of a sandbox with a fault on order does not end", i);
		close(p.fd);
	}
}

int sandbox_supervise(struct sandbox *s)
{
	sigset_t old;
	int sigfd = open_signals(&old), ret = EXIT_BAILEY_FAILED;
	int gofer = (int)syscall(SYS_pidfd_open, s->gofer, 0);
	struct pollfd p[3] = {{s->control, POLLIN, 0}, {sigfd, POLLIN, 0}, {gofer, POLLIN, 0}};
	enum course course = sigfd < 0 ? BROKE : GOES_ON;

	while (course == GOES_ON) {
		if (poll(p, 3, -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents)
			relay_signals(s, sigfd);
		if (p[0].revents)
			course = serve_packet(s, &ret);
		else if (p[2].revents && poll(p, 1, 0) == 0) {
			ret = describe_gofer_death(s);
			course = BROKE;
		}
	}
	if (course == ENDED)
		await_fault_reports(s);
	sandbox_kill(s);
	/* A program that ends leaves the terminal as it wants it. */
	if (course != ENDED)
		stdio_restore_terminal();
	if (gofer >= 0)
		close(gofer);
	if (sigfd >= 0)
		close(sigfd);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return ret;
}

void sandbox_kill(struct sandbox *s)
{
	pid_t *const pids[] = {&s->sentry, &s->gofer};

	/* Each takes the kernel its time to take apart, which they can spend side by side. */
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++)
		if (*pids[i] > 0)
			kill(*pids[i], SIGKILL);
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++) {
		while (*pids[i] > 0 && waitpid(*pids[i], NULL, 0) < 0 && errno == EINTR)
			;
		*pids[i] = -1;
	}
	if (s->control >= 0)
		close(s->control);
	s->control = -1;
}
