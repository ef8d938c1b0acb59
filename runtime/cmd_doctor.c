/*
 * bailey doctor: which layers of isolation are in force on this machine, and why
 * the others are not.
 *
 * Starts a sandbox that runs nothing; its roles write a line a layer
 * (lib/harden.h), which become the report.
 */
#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/log.h"
#include "runtime/do_flags.h"
#include "runtime/runtime.h"

#define LINE_MAX_ 1024
#define NOTES_MAX 2048

static const char usage[] =
	"usage: bailey doctor\n"
	"\n"
	"Says which layers of isolation sandboxes get on this machine, and why the\n"
	"others cannot be had.  The exit status is 0 when all are in force, 1 when\n"
	"some are missing, 125 when no sandbox can start at all.\n";

/* One line of a role; true when a layer is missing. */
static bool print_layer(char *line, char *last_role, size_t size)
{
	char *field[5], *rest = line;
	int err;

	for (int i = 0; i < 5; i++) {
		field[i] = strsep(&rest, "\t");
		if (!field[i]) {
			fprintf(stderr, "%s\n", line);
			return false;
		}
	}
	if (strcmp(last_role, field[1])) {
		snprintf(last_role, size, "%s", field[1]);
		printf("%s\n", field[1]);
	}
	err = atoi(field[3]);
	if (!err) {
		printf("  in force  %s\n", field[2]);
		return false;
	}
	printf("  MISSING   %s: %s%s%s\n", field[2], strerror(err), field[4][0] ? "; " : "",
	       field[4]);
	return true;
}

/* Layers as they come, notes after them. */
static unsigned report(int fd)
{
	FILE *f = fdopen(fd, "r");
	char line[LINE_MAX_], role[64] = "", notes[NOTES_MAX] = "";
	size_t used = 0;
	unsigned missing = 0;

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "layer\t", 6))
			missing += print_layer(line, role, sizeof(role));
		else if (!strncmp(line, "note\t", 5) && used + strlen(line) < NOTES_MAX)
			used += (size_t)snprintf(notes + used, NOTES_MAX - used, "%s\n", line + 5);
		else
			fprintf(stderr, "%s\n", line);
	}
	if (f)
		fclose(f);
	fputs(notes, stdout);
	return missing;
}

static int examine(struct sandbox_spec *spec)
{
	const int stdio[3] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
	struct sandbox s;
	unsigned missing;
	int log[2], err;

	if (pipe2(log, O_CLOEXEC))
		return fail("cannot make a pipe: %s", strerror(errno));
	err = sandbox_spawn(spec, stdio, log[1], log[1], -1, &s);
	close(log[1]);
	if (err) {
		close(log[0]);
		return err;
	}
	/* The pipe holds more than all lines; it ends with the roles. */
	err = sandbox_supervise(&s);
	missing = report(log[0]);
	if (err)
		return err;
	printf(missing ? "%u layers are missing: sandboxes hold without them, with less in depth\n"
		       : "every layer is in force\n",
	       missing);
	return missing ? 1 : 0;
}

/* Nothing will run in it, but a specification is whole or refused. */
static struct sandbox_spec *make_spec(void)
{
	struct sandbox_spec *spec = kzalloc(sizeof(*spec));

	if (!spec)
		return NULL;
	spec->doctor = true;
	spec->log_level = LOG_WARN;
	spec->cwd = kstrdup("/");
	spec->args = kcalloc(2, sizeof(char *));
	spec->env = kcalloc(1, sizeof(char *));
	if (spec->args)
		spec->args[0] = kstrdup("true");
	if (spec->cwd && spec->env && spec->args && spec->args[0])
		return spec;
	spec_free(spec);
	return NULL;
}

int cmd_doctor(int argc, char **argv)
{
	struct do_flags f = {.rootfs = "/", .overlay = true};
	struct sandbox_spec *spec;
	struct utsname u;
	int err;

	if (argc > 1) {
		bool help = !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h");

		fputs(usage, help ? stdout : stderr);
		return help ? 0 : EXIT_BAILEY_FAILED;
	}
	spec = make_spec();
	if (!spec)
		return fail("out of memory");
	if (!uname(&u))
		printf("%s %s, %s, user %u\n", u.sysname, u.release, u.machine, geteuid());
	err = do_add_mounts(spec, &f);
	if (!err)
		err = examine(spec);
	spec_free(spec);
	return err;
}
