/* state, kill, delete, list, ps: looking at containers, and ending them. */
#include <jansson.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "runtime/oci/oci.h"
#include "runtime/runtime.h"

#define OCI_VERSION "1.0.2"

static const struct oci_option no_options[] = {{0}};

/* A verb with one container and nothing else. */
static int one_container(int argc, char **argv, const struct oci_option *options, const char *usage,
			 int *ret_rest, struct container *ret)
{
	int err = oci_args(argc, argv, options, usage, ret_rest);

	if (err)
		return err;
	if (*ret_rest >= argc)
		return fail("%s: a container id is wanted", argv[0]);
	return container_load(argv[*ret_rest], ret);
}

static json_t *describe(const struct container *c)
{
	enum container_status s = container_status(c);

	return json_pack("{ss,ss,ss,si,ss,ss,s{}}", "ociVersion", OCI_VERSION, "id", c->id,
			 "status", container_status_name(s), "pid",
			 s == STATUS_STOPPED ? 0 : (int)c->pid, "bundle", c->bundle, "created",
			 c->created, "annotations");
}

static int print_json(json_t *j)
{
	int err = !j || json_dumpf(j, stdout, JSON_INDENT(2)) || printf("\n") < 0;

	json_decref(j);
	return err ? fail("cannot print: %s", strerror(errno)) : 0;
}

int cmd_state(int argc, char **argv)
{
	struct container c;
	int rest, err = one_container(argc, argv, no_options,
				      "usage: bailey state ID\n\nPrints a container's state.\n",
				      &rest, &c);

	return err ? max(err, 0) : print_json(describe(&c));
}

int cmd_kill(int argc, char **argv)
{
	bool all = false;
	const struct oci_option options[] = {{"all", 'a', NULL, &all, NULL, NULL}, {0}};
	struct control_msg m;
	struct container c;
	int rest, sig, err;

	err = one_container(argc, argv, options,
			    "usage: bailey kill [--all] ID [SIGNAL]\n\n"
			    "Sends a signal (default TERM) to the program, or to every process.\n",
			    &rest, &c);
	if (err)
		return max(err, 0);
	sig = oci_signal(rest + 1 < argc ? argv[rest + 1] : "TERM");
	if (sig < 0)
		return fail("kill: '%s' is no signal", argv[rest + 1]);
	if (container_status(&c) == STATUS_STOPPED)
		return fail("container '%s' is not running", c.id);
	/* One that was not started has nobody to receive it; only its end can be meant. */
	if (container_status(&c) == STATUS_CREATED)
		return sig == SIGKILL || sig == SIGTERM
			       ? container_kill(&c)
			       : fail("container '%s' is not running", c.id);
	return oci_ask(&c, all ? CONTROL_SIGNAL_ALL : CONTROL_SIGNAL, sig, &m);
}

int cmd_delete(int argc, char **argv)
{
	bool force = false;
	const struct oci_option options[] = {{"force", 'f', NULL, &force, NULL, NULL}, {0}};
	struct container c;
	int rest, err;

	err = oci_args(argc, argv, options,
		       "usage: bailey delete [--force] ID\n\n"
		       "Removes a container that has stopped; --force ends it first.\n",
		       &rest);
	if (err)
		return max(err, 0);
	if (rest >= argc)
		return fail("delete: a container id is wanted");
	if (force && container_half_made(argv[rest], &c))
		return container_remove(&c);
	err = container_load(argv[rest], &c);
	if (err)
		return err;
	if (container_status(&c) == STATUS_RUNNING && !force)
		return fail("container '%s' is running; --force ends it", c.id);
	err = container_kill(&c);
	return err ? err : container_remove(&c);
}

/* What `list` gathers. */
struct listing {
	bool quiet;
	json_t *json; /* NULL: a table is printed */
};

static int list_one(const struct container *c, void *arg)
{
	struct listing *l = arg;
	enum container_status s = container_status(c);

	if (l->quiet)
		printf("%s\n", c->id);
	else if (l->json)
		json_array_append_new(l->json, describe(c));
	else
		printf("%-20s %-8d %-10s %-40s %s\n", c->id, s == STATUS_STOPPED ? 0 : (int)c->pid,
		       container_status_name(s), c->bundle, c->created);
	return 0;
}

int cmd_list(int argc, char **argv)
{
	const char *format = "table";
	struct listing l = {0};
	const struct oci_option options[] = {
		{"format", 'f', &format, NULL, NULL, NULL},
		{"quiet", 'q', NULL, &l.quiet, NULL, NULL},
		{0},
	};
	int rest, err;

	err = oci_args(argc, argv, options,
		       "usage: bailey list [--format table|json] [--quiet]\n\n"
		       "Lists the containers there are.\n",
		       &rest);
	if (err)
		return max(err, 0);
	if (strcmp(format, "table") && strcmp(format, "json"))
		return fail("list: --format '%s': table or json is wanted", format);
	if (!strcmp(format, "json"))
		l.json = json_array();
	else if (!l.quiet)
		printf("%-20s %-8s %-10s %-40s %s\n", "ID", "PID", "STATUS", "BUNDLE", "CREATED");
	err = container_each(list_one, &l);
	return l.json && !err ? print_json(l.json) : err;
}

/* The numbers of the next packet; 1: it was the last, 0: more follow; -1 after a message. */
static int next_processes(const struct container *c, int sock, json_t *ret)
{
	struct control_msg m;
	char *p = m.text;

	if (!oci_wait_packet(sock, &m)) {
		fail("container '%s': its sentry went away", c->id);
		return -1;
	}
	if (m.type == CONTROL_DONE)
		return 1;
	if (m.type == CONTROL_FAILED) {
		fail("%s", m.text);
		return -1;
	}
	while (*p) {
		long n = strtol(p, &p, 10);

		if (n <= 0 || (*p && *p != ' ') || json_array_append_new(ret, json_integer(n))) {
			fail("container '%s': its sentry makes no sense", c->id);
			return -1;
		}
	}
	return 0;
}

static int ask_processes(const struct container *c, json_t *ret)
{
	int sock = container_connect(c), more = -1;

	if (sock < 0)
		return EXIT_BAILEY_FAILED;
	if (control_send(sock, CONTROL_PS, 0, NULL))
		fail("container '%s': its sentry went away", c->id);
	else
		do
			more = next_processes(c, sock, ret);
		while (more == 0);
	close(sock);
	return more < 0 ? EXIT_BAILEY_FAILED : 0;
}

int cmd_ps(int argc, char **argv)
{
	const char *format = "table";
	const struct oci_option options[] = {{"format", 'f', &format, NULL, NULL, NULL}, {0}};
	struct container c;
	size_t i;
	int rest, err;
	json_t *list, *pid;

	err = one_container(argc, argv, options,
			    "usage: bailey ps [--format table|json] ID\n\n"
			    "Lists the processes of a container by their numbers inside.\n",
			    &rest, &c);
	if (err)
		return max(err, 0);
	if (strcmp(format, "table") && strcmp(format, "json"))
		return fail("ps: --format '%s': table or json is wanted", format);
	if (container_status(&c) != STATUS_RUNNING)
		return fail("container '%s' is not running", c.id);
	list = json_array();
	err = ask_processes(&c, list);
	if (!err && !strcmp(format, "json"))
		return print_json(list);
	if (!err)
		printf("PID\n");
	json_array_foreach(list, i, pid)
	{
		if (!err)
			printf("%lld\n", (long long)json_integer_value(pid));
	}
	json_decref(list);
	return err;
}
