/*
 * create, run, start: from a bundle to a container.
 *
 * The sentry of a container outlives the command: it is told to start its
 * program over the control socket in the state directory.  Its own process ends
 * with the program's status, so that a container manager can wait for it.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime/oci/config.h"
#include "runtime/oci/oci.h"
#include "runtime/runtime.h"

static void set_created(struct container *c)
{
	struct timespec now;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	n = strftime(c->created, sizeof(c->created), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(c->created + n, sizeof(c->created) - n, ".%09ldZ", now.tv_nsec);
}

/* The streams of the program: a terminal of its own, or ours. */
static int open_streams(const struct create_flags *f, bool terminal, bool foreground, int stdio[3])
{
	int slave;

	if (!terminal || (foreground && isatty(STDIN_FILENO)))
		return stdio_open(stdio);
	if (!f->console_socket)
		return fail("process.terminal is true: --console-socket is wanted");
	slave = oci_terminal(f->console_socket);
	if (slave < 0)
		return EXIT_BAILEY_FAILED;
	for (int i = 0; i < 3; i++)
		stdio[i] = i ? fcntl(slave, F_DUPFD_CLOEXEC, 3) : slave;
	return 0;
}

/* Until the sentry says that it can be started. */
static int await_created(struct sandbox *s)
{
	struct control_msg m;

	if (!oci_wait_packet(s->control, &m))
		return fail("the sentry went away before it was ready");
	if (m.type == CONTROL_FAILED) {
		fail("%s", m.text);
		return m.value;
	}
	return m.type == CONTROL_DONE ? 0 : fail("the sentry said something unexpected");
}

static int spawn(struct container *c, struct sandbox_spec *spec, const int stdio[3],
		 struct sandbox *s)
{
	int listen_fd = container_listen(c), err;

	if (listen_fd < 0)
		return EXIT_BAILEY_FAILED;
	err = sandbox_spawn(spec, stdio, STDERR_FILENO, STDERR_FILENO, listen_fd, s);
	close(listen_fd);
	if (err)
		return err;
	err = await_created(s);
	if (err)
		sandbox_kill(s);
	return err;
}

static int create(const struct create_flags *f, bool foreground, struct container *c)
{
	char bundle[PATH_MAX];
	struct sandbox_spec *spec;
	struct config_error e;
	struct sandbox s;
	int stdio[3], err;
	bool terminal;

	if (!realpath(f->bundle ? f->bundle : ".", bundle))
		return fail("bundle '%s': %s", f->bundle, strerror(errno));
	if (config_load(bundle, &spec, &terminal, &e))
		return fail("%s/config.json: %s", bundle, e.text);
	spec->detached = true;
	spec->new_session = true;
	snprintf(c->bundle, sizeof(c->bundle), "%s", bundle);
	set_created(c);
	err = open_streams(f, terminal, foreground, stdio);
	if (!err) {
		err = spawn(c, spec, stdio, &s);
		stdio_close(stdio);
	}
	spec_free(spec);
	if (err)
		return err;
	close(s.control);
	c->pid = s.sentry;
	c->start_time = process_start_time(s.sentry);
	err = container_save(c);
	if (!err)
		err = oci_write_pid(f->pid_file, c->pid);
	if (err)
		sandbox_kill(&s);
	return err;
}

int oci_create(const struct create_flags *f, bool foreground, struct container *ret)
{
	int err = container_reserve(f->id, ret);

	if (err)
		return err;
	err = create(f, foreground, ret);
	if (err && container_remove(ret))
		return EXIT_BAILEY_FAILED;
	return err;
}

static int parse(int argc, char **argv, const char *usage, struct create_flags *f)
{
	const char *ignored;
	bool ignored_flag;
	const struct oci_option options[] = {
		{"bundle", 'b', &f->bundle, NULL, NULL, NULL},
		{"pid-file", 0, &f->pid_file, NULL, NULL, NULL},
		{"console-socket", 0, &f->console_socket, NULL, NULL, NULL},
		{"detach", 'd', NULL, &f->detach, NULL, NULL},
		/* Of runc, about things that a sandbox does not have. */
		{"no-pivot", 0, NULL, &ignored_flag, NULL, NULL},
		{"no-new-keyring", 0, NULL, &ignored_flag, NULL, NULL},
		{"preserve-fds", 0, &ignored, NULL, NULL, NULL},
		{0},
	};
	int rest, err = oci_args(argc, argv, options, usage, &rest);

	if (err)
		return err;
	if (rest + 1 != argc)
		return fail("%s: one container id is wanted", argv[0]);
	f->id = argv[rest];
	return 0;
}

int cmd_create(int argc, char **argv)
{
	struct create_flags f = {0};
	struct container c;
	int err =
		parse(argc, argv,
		      "usage: bailey create [--bundle DIR] [--pid-file FILE]\n"
		      "                     [--console-socket SOCKET] ID\n\n"
		      "Makes a container from a bundle (default: this directory); `bailey start`\n"
		      "runs its program.\n",
		      &f);

	if (err)
		return max(err, 0);
	return oci_create(&f, false, &c);
}

int cmd_start(int argc, char **argv)
{
	static const struct oci_option none[] = {{0}};
	struct container c;
	int rest, err = oci_args(argc, argv, none,
				 "usage: bailey start ID\n\nRuns the program of a container.\n",
				 &rest);

	if (err)
		return max(err, 0);
	if (rest + 1 != argc)
		return fail("start: one container id is wanted");
	err = container_load(argv[rest], &c);
	return err ? err : oci_start(&c);
}

/* Wait for the sentry, which is our child; signals that come meanwhile are the program's. */
static int wait_for(const struct container *c)
{
	struct sandbox s = {.sentry = c->pid, .gofer = -1, .control = container_connect(c)};
	int err;

	if (s.control < 0)
		return EXIT_BAILEY_FAILED;
	err = control_send(s.control, CONTROL_WAIT, 0, NULL);
	return err ? fail("container '%s': %s", c->id, strerror(-err)) : sandbox_supervise(&s);
}

/* Run what was created, wait for its end, and leave nothing behind. */
static int run_to_end(struct container *c)
{
	struct control_msg m;
	int sock = container_connect(c), err;

	if (sock < 0)
		return EXIT_BAILEY_FAILED;
	close(sock);
	err = oci_ask(c, CONTROL_START, 0, &m);
	if (err)
		return err;
	c->started = true;
	err = container_save(c);
	return err ? err : wait_for(c);
}

int cmd_run(int argc, char **argv)
{
	struct create_flags f = {0};
	struct container c;
	int err =
		parse(argc, argv,
		      "usage: bailey run [--bundle DIR] [--detach] [--pid-file FILE]\n"
		      "                  [--console-socket SOCKET] ID\n\n"
		      "Makes a container, runs its program, and removes it when that has ended.\n",
		      &f);

	if (err)
		return max(err, 0);
	err = oci_create(&f, !f.detach, &c);
	if (err)
		return err;
	if (f.detach)
		return oci_start(&c);
	stdio_leave();
	err = run_to_end(&c);
	kill(c.pid, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
	return container_remove(&c) ? EXIT_BAILEY_FAILED : err;
}
