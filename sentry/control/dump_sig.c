/*
 * SIGQUIT to the sentry: every fiber's stack goes to the log.
 *
 * The signal is blocked and read from a signalfd, so that it arrives on a worker
 * outside any fiber.
 */
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

#include "control/control_sock.h"
#include "host/host.h"
#include "lib/roles.h"
#include "sched/sched.h"

static struct poll_source source;

static void asked(struct poll_source *s, poll_t ready)
{
	struct signalfd_siginfo info;

	(void)ready;
	while (host_read(s->fd, &info, sizeof(info)) == sizeof(info))
		sched_dump_stacks(ROLE_FD_LOG);
}

int control_watch_dump(void)
{
	sigset_t set;
	int err;

	sigemptyset(&set);
	sigaddset(&set, SIGQUIT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	source.fn = asked;
	err = host_signalfd(HOSTFD_NONE, &set, SFD_NONBLOCK | SFD_CLOEXEC, &source.fd);
	return err ? err : poll_source_add(&source, EPOLLIN);
}
