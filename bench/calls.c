/*
 * What system calls cost where this program runs: on the host, or in a sandbox.
 *
 *	calls [NAME...]       ns per round, one line a name: `getppid 151`
 *
 * Each is measured for a quarter of a second, five times; the best counts, since
 * everything else that runs on the machine only ever adds.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUND_NS 50000000ull
#define ROUNDS   5

static int file_fd, pipe_fd[2], zero_fd;
static char buf[4096];

static void do_getppid(void)
{
	syscall(SYS_getppid);
}

static void do_getpid(void)
{
	syscall(SYS_getpid);
}

static void do_read_zero(void)
{
	if (read(zero_fd, buf, 512) != 512)
		exit(1);
}

static void do_pread(void)
{
	if (pread(file_fd, buf, 512, 0) != 512)
		exit(1);
}

static void do_pipe(void)
{
	if (write(pipe_fd[1], buf, 512) != 512 || read(pipe_fd[0], buf, 512) != 512)
		exit(1);
}

static void do_stat(void)
{
	struct stat st;

	if (stat("/usr/bin/env", &st))
		exit(1);
}

static void do_open_close(void)
{
	int fd = open("/usr/bin/env", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		exit(1);
	close(fd);
}

static void do_fork_wait(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		exit(1);
}

static void do_mmap_touch(void)
{
	char *p = (char *)syscall(SYS_mmap, 0, 4096, 3, 0x22, -1, 0);

	*p = 1;
	syscall(SYS_munmap, p, 4096);
}

static const struct {
	const char *name;
	void (*fn)(void);
} benches[] = {
	{"getppid", do_getppid},         {"getpid", do_getpid},
	{"read-zero-512", do_read_zero}, {"pread-512", do_pread},
	{"pipe-512", do_pipe},           {"stat", do_stat},
	{"open-close", do_open_close},   {"mmap-touch-munmap", do_mmap_touch},
	{"fork-wait", do_fork_wait},
};

static unsigned long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (unsigned long long)ts.tv_sec * 1000000000ull + (unsigned long long)ts.tv_nsec;
}

static double measure(void (*fn)(void))
{
	double best = 0;

	fn();
	for (int round = 0; round < ROUNDS; round++) {
		unsigned long long start = now(), end = start, n = 0;

		while (end - start < ROUND_NS) {
			for (int i = 0; i < 16; i++)
				fn();
			n += 16;
			end = now();
		}
		if (!best || (double)(end - start) / (double)n < best)
			best = (double)(end - start) / (double)n;
	}
	return best;
}

static int is_wanted(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(name, argv[i]))
			return 1;
	return argc == 1;
}

int main(int argc, char **argv)
{
	file_fd = open("/usr/bin/env", O_RDONLY);
	zero_fd = open("/dev/zero", O_RDONLY);
	if (file_fd < 0 || zero_fd < 0 || pipe(pipe_fd)) {
		perror("calls");
		return 1;
	}
	for (size_t i = 0; i < sizeof(benches) / sizeof(benches[0]); i++) {
		if (!is_wanted(benches[i].name, argc, argv))
			continue;
		printf("%s %.0f\n", benches[i].name, measure(benches[i].fn));
		fflush(stdout);
	}
	return 0;
}
