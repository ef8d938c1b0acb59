/*
 * Runs a command again and again, as a shell in a sandbox that lives for long would,
 * and prints the median of what a run took, in ns.
 *
 *	runner MAX MS COMMAND [ARG...]
 *
 * At most MAX runs, and no new one after MS milliseconds; but three, if that takes
 * not more than thirty times as long: the first finds nothing cached in the sandbox,
 * and alone would say little.  What the command prints is dropped; when it fails, so do we.
 */
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include "b.h"

#define LEAST 3
#define MOST  1000

extern char **environ;

static uint64_t run(char **argv)
{
	posix_spawn_file_actions_t files;
	uint64_t start = now_ns();
	int status, err;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	err = posix_spawn(&pid, argv[0], &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	if (err) {
		errno = err;
		die(argv[0]);
	}
	must(waitpid(pid, &status, 0) == pid);
	if (status) {
		fprintf(stderr, "%s ended with wait status 0x%x\n", argv[0], (unsigned)status);
		exit(1);
	}
	return now_ns() - start;
}

int main(int argc, char **argv)
{
	uint64_t ns[MOST], begin = now_ns(), limit, gone;
	size_t n = 0, most;

	if (argc < 4) {
		fprintf(stderr, "usage: runner MAX MS COMMAND [ARG...]\n");
		return 2;
	}
	most = strtoul(argv[1], NULL, 10);
	limit = strtoull(argv[2], NULL, 10) * 1000000;
	do {
		ns[n++] = run(argv + 3);
		gone = now_ns() - begin;
	} while (n < most && n < MOST && gone < (n < LEAST ? 30 * limit : limit));
	qsort(ns, n, sizeof(ns[0]), compare_u64);
	printf("%llu\n", (unsigned long long)(n % 2 ? ns[n / 2] : (ns[n / 2] + ns[n / 2 - 1]) / 2));
	return 0;
}
