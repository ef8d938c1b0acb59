/*
 * bailey: runs programs nobody has to trust.
 *
 * One binary plays every part: the command line (this folder), and, started
 * again from a sealed copy of itself, the sentry and the gofer (lib/roles.h).
 */
#include <signal.h>
#include <stdarg.h>
#include <unistd.h>

#include "lib/roles.h"
#include "runtime/oci/oci.h"
#include "runtime/runtime.h"

static int cmd_help(int argc, char **argv);
static int cmd_version(int argc, char **argv);

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what; /* NULL: a role, not for users */
};

static const struct verb verbs[] = {
	{"sentry", sentry_main, NULL},
	{"gofer", gofer_main, NULL},
	{"do", cmd_do, "run a command of this machine in a throw-away sandbox"},
	{"doctor", cmd_doctor, "say which layers of isolation this machine gives"},
	{"bench", cmd_bench, "measure system calls and programs, natively, here and under peers"},
	{"spec", cmd_spec, "write a config.json to start from"},
	{"create", cmd_create, "make a container from a bundle"},
	{"start", cmd_start, "run the program of a container"},
	{"run", cmd_run, "make a container, run it, remove it"},
	{"exec", cmd_exec, "run another program in a container"},
	{"state", cmd_state, "print a container's state"},
	{"kill", cmd_kill, "send a signal to a container"},
	{"delete", cmd_delete, "remove a container"},
	{"list", cmd_list, "list the containers"},
	{"ps", cmd_ps, "list the processes of a container"},
	{"help", cmd_help, "list the commands"},
	{"version", cmd_version, "print the version"},
};

/* Names of files and words of a sentry are for reading, not for driving a terminal. */
static void blank_controls(char *s)
{
	for (; *s; s++)
		if ((u8)*s < ' ' || *s == 0x7f)
			*s = '?';
}

int fail(const char *fmt, ...)
{
	char line[1200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	blank_controls(line);
	dprintf(STDERR_FILENO, "bailey: %s\n", line);
	return EXIT_BAILEY_FAILED;
}

static int cmd_help(int argc, char **argv)
{
	(void)argc, (void)argv;
	printf("usage: bailey COMMAND [OPTION]...\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (verbs[i].what)
			printf("  %-10s %s\n", verbs[i].name, verbs[i].what);
	printf("\n`bailey COMMAND --help` says more about one of them.\n");
	return 0;
}

static int cmd_version(int argc, char **argv)
{
	(void)argc, (void)argv;
	printf("bailey 0.1\n");
	return 0;
}

/* An option in front of the verb, `--root DIR`, as container managers give it; false: none. */
static bool take_global(int *argc, char ***argv)
{
	static const char *const ignored[] = {"--log", "--log-format"};
	static const char *const ignored_flags[] = {"--debug", "--systemd-cgroup"};
	char **a = *argv;
	int used = 0;

	if (!strcmp(a[1], "--root")) {
		state_set_root(a[2]);
		used = 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		if (!strcmp(a[1], ignored[i]))
			used = 2;
	for (size_t i = 0; i < ARRAY_SIZE(ignored_flags); i++)
		if (!strcmp(a[1], ignored_flags[i]))
			used = 1;
	if (!used)
		return false;
	a[used] = a[0];
	*argv += used;
	*argc -= used;
	return true;
}

int main(int argc, char **argv)
{
	stdio_fill();
	/* Ignored by the caller, the ends of our children would go unseen. */
	signal(SIGCHLD, SIG_DFL);
	while (argc > 2 && take_global(&argc, &argv))
		;
	if (argc < 2) {
		cmd_help(argc, argv);
		return EXIT_BAILEY_FAILED;
	}
	if (!strcmp(argv[1], "--version"))
		argv[1] = (char *)"version";
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		argv[1] = (char *)"help";
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(argc - 1, argv + 1);
	return fail("unknown command '%s'; `bailey help` lists them", argv[1]);
}
