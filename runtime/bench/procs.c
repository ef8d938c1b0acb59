/* Processes of a command (procs.h). */
#include "runtime/bench/procs.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A file of /proc/PID; how much of it there is. */
static size_t slurp(pid_t pid, const char *name, char *buf, size_t size)
{
	char path[64];
	size_t len = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	if (fd >= 0)
		close(fd);
	buf[len] = '\0';
	return len;
}

/* The children of one thread, behind the @nr that are there. */
static size_t add_children_of(pid_t pid, const char *tid, pid_t *ret, size_t nr)
{
	char name[64], list[8192], *at = list, *end;

	snprintf(name, sizeof(name), "task/%.20s/children", tid);
	slurp(pid, name, list, sizeof(list));
	while (nr < PROCS_MAX) {
		long child = strtol(at, &end, 10);

		if (end == at)
			break;
		ret[nr++] = (pid_t)child;
		at = end;
	}
	return nr;
}

/* A process is the child of the thread that made it. */
static size_t add_children(pid_t pid, pid_t *ret, size_t nr)
{
	char path[64];
	struct dirent *d;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (d = readdir(dir)))
		if (d->d_name[0] != '.')
			nr = add_children_of(pid, d->d_name, ret, nr);
	if (dir)
		closedir(dir);
	return nr;
}

size_t procs_tree(pid_t pid, pid_t ret[PROCS_MAX])
{
	size_t nr = add_children(pid, ret, 0);

	for (size_t i = 0; i < nr; i++)
		nr = add_children(ret[i], ret, nr);
	return nr;
}

/* Of whoever became this program by execve(2). */
static pid_t spared[PROCS_MAX];
static size_t nr_spared;

void procs_spare(void)
{
	nr_spared = add_children(getpid(), spared, 0);
}

static bool is_spared(pid_t pid)
{
	for (size_t i = 0; i < nr_spared; i++)
		if (spared[i] == pid)
			return true;
	return false;
}

/* Our own descendants, but for those spared and theirs. */
static size_t own_tree(pid_t ret[PROCS_MAX])
{
	pid_t children[PROCS_MAX];
	size_t n = add_children(getpid(), children, 0), nr = 0, from;

	for (size_t i = 0; i < n; i++) {
		if (is_spared(children[i]) || nr == PROCS_MAX)
			continue;
		from = nr;
		ret[nr++] = children[i];
		for (; from < nr; from++)
			nr = add_children(ret[from], ret, nr);
	}
	return nr;
}

/* Until there is nobody left: what is killed may have had children that are ours now. */
void procs_kill_tree(pid_t pid)
{
	pid_t all[PROCS_MAX];
	bool self = pid == getpid();

	for (int round = 0; round < 100; round++) {
		size_t nr = self ? own_tree(all) : procs_tree(pid, all);

		if (nr == 0 && (self || round > 0))
			return;
		if (!self)
			kill(pid, SIGKILL);
		for (size_t i = 0; i < nr; i++)
			kill(all[i], SIGKILL);
		if (!self)
			return;
		for (size_t i = 0; i < nr; i++)
			waitpid(all[i], NULL, WNOHANG);
		poll(NULL, 0, 5);
	}
}

void procs_await(int pidfd, int ms)
{
	struct pollfd p = {pidfd, POLLIN, 0};

	poll(&p, 1, ms);
}

u64 procs_pss(pid_t pid)
{
	char text[4096];
	const char *at;

	slurp(pid, "smaps_rollup", text, sizeof(text));
	at = strstr(text, "\nPss:");
	return at ? strtoull(at + 5, NULL, 10) * 1024 : 0;
}

/* Of the threads there are, in ns; 0 where the kernel does not count that finely. */
static u64 threads_cpu_ns(pid_t pid)
{
	char path[64], text[128];
	struct dirent *d;
	u64 sum = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "task/%.20s/schedstat", d->d_name);
		if (slurp(pid, path, text, sizeof(text)))
			sum += strtoull(text, NULL, 10);
	}
	if (dir)
		closedir(dir);
	return sum;
}

/* In ticks of the kernel's clock. */
static u64 ticks_cpu_ns(pid_t pid)
{
	char text[1024], *at;
	unsigned long long user = 0, system = 0;

	slurp(pid, "stat", text, sizeof(text));
	at = strrchr(text, ')');
	if (!at || sscanf(at, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user,
			  &system) != 2)
		return 0;
	return (user + system) * (NSEC_PER_SEC / (u64)sysconf(_SC_CLK_TCK));
}

u64 procs_cpu_ns(pid_t pid)
{
	u64 ns = threads_cpu_ns(pid);

	return ns ? ns : ticks_cpu_ns(pid);
}

/* Kernels in user space map files too, but not to run them. */
bool procs_runs(pid_t pid, const char *path)
{
	char name[64], line[1024];
	bool found = false;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	f = fopen(name, "re");
	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, "-xp ") && strstr(line, path);
	if (f)
		fclose(f);
	return found;
}
