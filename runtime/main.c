/*
 * bailey: runs programs nobody has to trust.
 *
 * One binary plays every part: the command line (this folder), and, started
 * again from a sealed copy of itself, the sentry and the gofer (lib/roles.h).
 */
#include <stdarg.h>
#include <unistd.h>

#include "lib/roles.h"
#include "runtime/runtime.h"

static int cmd_help(int argc, char **argv);
static int cmd_version(int argc, char **argv);

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what; /* NULL: a role, not for users */
};

static const struct verb verbs[] = {
	{"do", cmd_do, "run a command of this machine in a throw-away sandbox"},
	{"doctor", cmd_doctor, "say which layers of isolation this machine gives"},
	{"help", cmd_help, "list the commands"},
	{"version", cmd_version, "print the version"},
	{"sentry", sentry_main, NULL},
	{"gofer", gofer_main, NULL},
};

int fail(const char *fmt, ...)
{
	char line[1200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
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

int main(int argc, char **argv)
{
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
