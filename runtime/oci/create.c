/*
 * create, run, start: from a bundle to a container.
 *
 * The sentry of a container outlives the command: it is told to start its
 * program over the control socket in the state directory.  Its own process ends
 * with the program's status, so that a container manager can wait for it.
 */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "runtime/oci/config.h"
#include "runtime/oci/oci.h"
#include "runtime/runtime.h"

/* Options of create and run. */
struct create_flags {
	const char *bundle, *pid_file, *console_socket, *id;
	bool detach;
};

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
	if (!terminal || (foreground && isatty(STDIN_FILENO)))
		return oci_streams(NULL, stdio);
	if (!f->console_socket)
		return fail("process.terminal is true: --console-socket is wanted");
	return oci_streams(f->console_socket, stdio);
}

/* Until the sentry says that it can be started. */
static int await_created(struct sandbox *s)
{
	struct control_msg m;

	if (!oci_wait_packet(s->control, &m))
		return fail("the sentry went away before it was ready");
	if (m.type == CONTROL_FAILED)
		return fail_as_told(&m);
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

static int create(const struct create_flags *f, bool foreground, struct container *c,
		  struct sandbox *s)
{
	char bundle[PATH_MAX];
	struct sandbox_spec *spec;
	struct config_error e;
	int stdio[3], err;
	bool terminal;

	if (!realpath(f->bundle ? f->bundle : ".", bundle))
		return fail("bundle '%s': %s", f->bundle ? f->bundle : ".", strerror(errno));
	if (config_load(bundle, &spec, &terminal, &e))
		return fail("%s/config.json: %s", bundle, e.text);
	spec->detached = true;
	spec->new_session = true;
	snprintf(c->bundle, sizeof(c->bundle), "%s", bundle);
	set_created(c);
	err = open_streams(f, terminal, foreground, stdio);
	if (!err) {
		err = spawn(c, spec, stdio, s);
		stdio_close(stdio);
	}
	spec_free(spec);
	if (err)
		return err;
	c->pid = s->sentry;
	c->start_time = process_start_time(s->sentry);
	err = container_save(c);
	if (!err)
		err = oci_write_pid(f->pid_file, c->pid);
	if (err)
		sandbox_kill(s);
	return err;
}

/*
 * Make a container; @s: its processes, which end when its control socket is
 * closed without keep().
 */
static int create_container(const struct create_flags *f, bool foreground, struct container *ret,
			    struct sandbox *s)
{
	int err = container_reserve(f->id, ret);

	if (err)
		return err;
	err = create(f, foreground, ret, s);
	if (err && container_remove(ret))
		return EXIT_BAILEY_FAILED;
	return err;
}

/* From here on it lives without us. */
static int keep(const struct container *c, struct sandbox *s)
{
	int err = control_send(s->control, CONTROL_KEEP, 0, NULL);

	close(s->control);
	s->control = -1;
	return err ? fail("container '%s': its sentry went away", c->id) : 0;
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
	struct sandbox s;
	int err =
		parse(argc, argv,
		      "usage: bailey create [--bundle DIR] [--pid-file FILE]\n"
		      "                     [--console-socket SOCKET] ID\n\n"
		      "Makes a container from a bundle (default: this directory); `bailey start`\n"
		      "runs its program.\n",
		      &f);

	if (err)
		return max(err, 0);
	err = create_container(&f, false, &c, &s);
	return err ? err : keep(&c, &s);
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

int cmd_run(int argc, char **argv)
{
	struct create_flags f = {0};
	struct container c;
	struct sandbox s;
	int err =
		parse(argc, argv,
		      "usage: bailey run [--bundle DIR] [--detach] [--pid-file FILE]\n"
		      "                  [--console-socket SOCKET] ID\n\n"
		      "Makes a container, runs its program, and removes it when that has ended.\n",
		      &f);

	if (err)
		return max(err, 0);
	err = create_container(&f, !f.detach, &c, &s);
	if (err)
		return err;
	err = oci_start(&c);
	if (!err && f.detach)
		return keep(&c, &s);
	if (!err) {
		stdio_leave();
		err = sandbox_supervise(&s);
	}
	sandbox_kill(&s);
	return container_remove(&c) ? EXIT_BAILEY_FAILED : err;
}
