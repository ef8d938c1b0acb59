/*
 * exec: another program in a running container.
 *
 * Its specification and its streams go to the sentry as descriptors; the
 * connection stays open and brings its end.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "runtime/oci/config.h"
#include "runtime/oci/oci.h"
#include "runtime/runtime.h"

static const char usage[] =
	"usage: bailey exec [OPTION]... ID COMMAND [ARG...]\n"
	"       bailey exec --process FILE [OPTION]... ID\n"
	"\n"
	"  --process FILE         what to run, as the process object of a config.json\n"
	"  --cwd DIR              working directory (default: that of the container)\n"
	"  -e, --env K=V          set a variable\n"
	"  -u, --user UID[:GID]   run as\n"
	"  -d, --detach           do not wait for its end\n"
	"  -t, --tty              with a terminal\n"
	"  --console-socket SOCK  where the terminal goes\n"
	"  --pid-file FILE        write the sentry's process number there\n";

struct exec_flags {
	const char *process, *cwd, *user, *pid_file, *console_socket;
	const char *envs[OCI_LIST_MAX];
	size_t nr_envs;
	bool detach, tty;
};

static int load_process(const char *path, struct sandbox_spec *spec, bool *terminal)
{
	struct config_error e;
	json_t *j = config_file(path, &e);
	int err;

	if (!j)
		return fail("%s: %s", path, e.text);
	kfree(steal(&spec->cwd));
	strv_free(steal(&spec->args));
	strv_free(steal(&spec->env));
	kfree(steal(&spec->groups));
	spec->nr_groups = 0;
	spec->caps = 0;
	memset(spec->has_rlimit, 0, sizeof(spec->has_rlimit));
	err = config_process(j, spec, terminal, &e);
	json_decref(j);
	return err ? fail("%s: %s", path, e.text) : 0;
}

static int set_command(struct sandbox_spec *spec, int argc, char **argv)
{
	char **args = kcalloc((size_t)argc + 1, sizeof(*args));

	for (int i = 0; args && i < argc; i++) {
		args[i] = kstrdup(argv[i]);
		if (!args[i])
			return fail("out of memory");
	}
	strv_free(spec->args);
	spec->args = args;
	return args ? 0 : fail("out of memory");
}

static int apply_flags(const struct exec_flags *f, struct sandbox_spec *spec)
{
	if (f->cwd && f->cwd[0] != '/')
		return fail("exec: --cwd '%s': an absolute path is wanted", f->cwd);
	if (f->cwd) {
		kfree(spec->cwd);
		spec->cwd = kstrdup(f->cwd);
		if (!spec->cwd)
			return fail("out of memory");
	}
	for (size_t i = 0; i < f->nr_envs; i++) {
		if (!strchr(f->envs[i], '=') || f->envs[i][0] == '=')
			return fail("exec: --env '%s': K=V is wanted", f->envs[i]);
		if (env_set(&spec->env, f->envs[i]))
			return fail("out of memory");
	}
	if (f->user && !user_parse(f->user, &spec->uid, &spec->gid))
		return fail("exec: --user '%s': UID[:GID] in numbers is wanted", f->user);
	return 0;
}

/* The container's own process settings, with what the flags say on top. */
static int make_spec(const struct container *c, const struct exec_flags *f, int argc, char **argv,
		     struct sandbox_spec **ret, bool *terminal)
{
	struct config_error e;
	int err;

	if (config_load(c->bundle, ret, terminal, &e))
		return fail("%s/config.json: %s", c->bundle, e.text);
	*terminal = f->tty;
	if (f->process)
		err = load_process(f->process, *ret, terminal);
	else
		err = argc ? set_command(*ret, argc, argv) : fail("exec: a command is wanted");
	if (!err)
		err = apply_flags(f, *ret);
	(*ret)->new_session = true;
	return err;
}

static int spec_fd(const struct sandbox_spec *spec)
{
	size_t size = 0;
	void *packed = spec_pack(spec, &size);
	int fd = packed ? memfd_create("spec", MFD_CLOEXEC) : -1;

	if (fd >= 0 && write(fd, packed, size) != (ssize_t)size) {
		close(fd);
		fd = -1;
	}
	kfree(packed);
	return fd;
}

/* Send it, and wait until it runs. */
static int start(const struct container *c, const struct sandbox_spec *spec, int stdio[3],
		 int *ret_sock)
{
	int fds[CONTROL_FDS_MAX] = {spec_fd(spec), stdio[0], stdio[1], stdio[2]};
	int sock = container_connect(c), err = 0;
	struct control_msg m;

	if (sock < 0 || fds[0] < 0)
		err = EXIT_BAILEY_FAILED;
	else if (control_send_fds(sock, CONTROL_EXEC, 0, NULL, fds, CONTROL_FDS_MAX) ||
		 !oci_wait_packet(sock, &m))
		err = fail("container '%s': its sentry went away", c->id);
	else if (m.type == CONTROL_FAILED)
		err = fail_as_told(&m);
	if (fds[0] >= 0)
		close(fds[0]);
	*ret_sock = sock;
	return err;
}

static int run(const struct container *c, const struct exec_flags *f,
	       const struct sandbox_spec *spec, bool terminal)
{
	struct sandbox s = {-1, -1, -1};
	int stdio[3], err = oci_streams(terminal ? f->console_socket : NULL, stdio);

	if (err)
		return err;
	err = start(c, spec, stdio, &s.control);
	stdio_close(stdio);
	if (!err)
		err = oci_write_pid(f->pid_file, c->pid);
	if (err || f->detach) {
		if (s.control >= 0)
			close(s.control);
		return err;
	}
	stdio_leave();
	return sandbox_supervise(&s);
}

int cmd_exec(int argc, char **argv)
{
	struct exec_flags f = {0};
	const struct oci_option options[] = {
		{"process", 'p', &f.process, NULL, NULL, NULL},
		{"cwd", 0, &f.cwd, NULL, NULL, NULL},
		{"env", 'e', NULL, NULL, f.envs, &f.nr_envs},
		{"user", 'u', &f.user, NULL, NULL, NULL},
		{"pid-file", 0, &f.pid_file, NULL, NULL, NULL},
		{"console-socket", 0, &f.console_socket, NULL, NULL, NULL},
		{"detach", 'd', NULL, &f.detach, NULL, NULL},
		{"tty", 't', NULL, &f.tty, NULL, NULL},
		{0},
	};
	struct sandbox_spec *spec = NULL;
	struct container c;
	bool terminal;
	int rest, err = oci_args(argc, argv, options, usage, &rest);

	if (err)
		return max(err, 0);
	if (rest >= argc)
		return fail("exec: a container id is wanted");
	err = container_load(argv[rest], &c);
	if (!err && container_status(&c) != STATUS_RUNNING)
		err = fail("container '%s' is not running", c.id);
	if (!err)
		err = make_spec(&c, &f, argc - rest - 1, argv + rest + 1, &spec, &terminal);
	if (!err)
		err = run(&c, &f, spec, terminal);
	spec_free(spec);
	return err;
}
