/* The runner of the unit tests (harness.h).  Arguments: names of tests to run; none: all. */
#include "tests/unit/harness.h"

#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/park.h"

#define EXIT_SKIP 77
#define LIMIT     60 /* seconds a test may take */

static struct unit_test *tests;
static unsigned nr_failed;
static bool skipped;

void unit_register(struct unit_test *t)
{
	struct unit_test **p = &tests;

	while (*p)
		p = &(*p)->next;
	*p = t;
}

void unit_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	nr_failed++;
	printf("# %s:%d: ", file, line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void unit_skip(const char *why)
{
	printf("# skipped: %s\n", why);
	skipped = true;
}

void unit_check_str(const char *file, int line, const char *what, const char *want, const char *got)
{
	if (want && got ? strcmp(want, got) : want != got)
		unit_fail(file, line, "%s:\n#   want %s\n#   got  %s", what, want ? want : "(null)",
			  got ? got : "(null)");
}

bool unit_aborts(void (*fn)(void *arg), void *arg)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		/* The message is expected, so nobody needs to read it. */
		fclose(stderr);
		fn(arg);
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
	       WTERMSIG(status) == SIGABRT;
}

static int run_here(const struct unit_test *t)
{
	long live = alloc_live();

	alarm(LIMIT);
	t->fn();
	fault_alloc_at = 0;
	if (alloc_live() != live)
		unit_fail(t->name, 0, "allocations: want %ld, got %ld", live, alloc_live());
	if (park_self()->nr_held)
		unit_fail(t->name, 0, "%d locks are still held", park_self()->nr_held);
	return nr_failed ? 1 : skipped ? EXIT_SKIP : 0;
}

static int run_apart(const struct unit_test *t)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		int code = run_here(t);

		fflush(stdout);
		/* Not _exit(): the leak sanitizer looks at exit. */
		exit(code);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("harness");
		return 1;
	}
	if (WIFSIGNALED(status)) {
		printf("# %s: killed by signal %d\n", t->name, WTERMSIG(status));
		return 1;
	}
	return WEXITSTATUS(status);
}

static bool is_wanted(const struct unit_test *t, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], t->name))
			return true;
	return argc == 1;
}

int main(int argc, char **argv)
{
	unsigned nr = 0, bad = 0;

	/* A sanitizer that aborts would swallow what is buffered. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (const struct unit_test *t = tests; t; t = t->next) {
		int code;

		if (!is_wanted(t, argc, argv))
			continue;
		code = run_apart(t);
		bad += code && code != EXIT_SKIP;
		printf("%s %u - %s%s\n", code && code != EXIT_SKIP ? "not ok" : "ok", ++nr, t->name,
		       code == EXIT_SKIP ? " # SKIP" : "");
	}
	printf("1..%u\n", nr);
	return bad ? 1 : 0;
}
