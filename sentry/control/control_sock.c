/*
 * Serving the control socket (control_sock.h).
 *
 * The poll source only unparks the fiber: sending a signal takes mutexes.
 */
#include "control/control_sock.h"
#include "fs/hosttty.h"

#include <sys/epoll.h>

#include "kernel/init.h"
#include "kernel/sandbox.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "lib/log.h"
#include "lib/roles.h"
#include "sched/sched.h"

static struct poll_source source;
static struct fiber *server;
static bool kept; /* of a detached sandbox: CONTROL_KEEP came; the server fiber's */

static void packets_came(struct poll_source *s, poll_t ready)
{
	(void)s, (void)ready;
	unpark(fiber_parker(server));
}

void control_report(enum control_type type, s32 value, const char *text)
{
	int err = control_send(ROLE_FD_CONTROL, type, value, text);

	if (err)
		log_debug("cannot report to the command line: %s", strerror(-err));
}

static int send_to_group(struct tgroup *tg, const siginfo_t *info)
{
	cleanup_pid struct pid *pgrp = NULL;

	mutex_lock(&tasklist_lock);
	pgrp = pid_get(tg->pgrp);
	mutex_unlock(&tasklist_lock);
	return signal_send_pgrp(pgrp, info);
}

/* There is no program yet that could handle it. */
static void end_before_start(int sig)
{
	if (sig != SIGCONT && sig != SIGWINCH && sig != SIGTSTP)
		sandbox_exit(sig);
}

/* To the program, or, when the terminal sent it, to the group in its foreground. */
static void deliver(int sig, bool group)
{
	cleanup_tgroup struct tgroup *tg = init_main_get();
	siginfo_t info;
	int err;

	if (sig < 1 || sig > NSIG_GUEST)
		return;
	if (!tg) {
		end_before_start(sig);
		return;
	}
	signal_info_kernel(&info, sig);
	if (group && !hosttty_signal(sig))
		return;
	err = group ? send_to_group(tg, &info) : signal_send_tgroup(tg, &info);
	if (err)
		log_debug("signal %d from outside: %s", sig, strerror(-err));
}

/* Serve what has come; false: the other side is gone. */
static bool serve_packets(void)
{
	struct control_msg m;
	int n;

	while ((n = control_recv(ROLE_FD_CONTROL, &m)) == 1) {
		if (m.type == CONTROL_SIGNAL || m.type == CONTROL_SIGNAL_GROUP)
			deliver(m.value, m.type == CONTROL_SIGNAL_GROUP);
		else if (m.type == CONTROL_KEEP)
			kept = true;
		else
			log_error("control packet of unknown type %u", m.type);
	}
	return n == -EAGAIN;
}

static void serve(void *arg)
{
	(void)arg;
	while (serve_packets())
		park(PARK_FOREVER);
	poll_source_del(&source);
	if (!kept)
		sandbox_exit(SIGKILL);
}

int control_start(void)
{
	int err = fiber_create("control", serve, NULL, &server);

	if (err)
		return err;
	source = (struct poll_source){.fd = {ROLE_FD_CONTROL}, .fn = packets_came};
	return poll_source_add(&source, EPOLLIN | EPOLLRDHUP);
}
