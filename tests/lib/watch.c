/*
 * Runs a command and says what it left behind
 *
 *   watch [-t SECONDS] COMMAND [ARG...]
 *
 * The watcher is the subreaper of everything the command starts, so whatever
 * outlives the command becomes its child. It grants a short grace, then kills
 * what is left, names it on standard error and exits with 99. Otherwise it
 * exits as the command did (128+N for signal N), and with 98 when the command
 * took too long and was killed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LEFT_STATUS 99
#define LATE_STATUS 98
#define GRACE_MS    3000
#define STEP_MS     10

static void pause_ms(long ms)
{
	struct timespec ts = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&ts, NULL);
}

static pid_t parent_of(pid_t pid, char *name, size_t size)
{
	char path[64], buf[512], *open_paren, *close_paren;
	pid_t parent = 0;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return 0;
	got = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (got <= 0)
		return 0;
	buf[got] = '\0';
	open_paren = strchr(buf, '(');
	close_paren = strrchr(buf, ')');
	if (!open_paren || !close_paren || sscanf(close_paren + 1, " %*c %d", &parent) != 1)
		return 0;
	snprintf(name, size, "%.*s", (int)(close_paren - open_paren - 1), open_paren + 1);
	return parent;
}

/* Kills every child that is left and names it; returns how many there were. */
static int kill_children(void)
{
	struct dirent *ent;
	char name[64];
	DIR *dir = opendir("/proc");
	int n = 0;

	while (dir && (ent = readdir(dir))) {
		pid_t pid = atoi(ent->d_name);

		if (pid <= 0 || parent_of(pid, name, sizeof(name)) != getpid())
			continue;
		fprintf(stderr, "watch: left behind: process %d (%s)\n", pid, name);
		kill(pid, SIGKILL);
		n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

/* Waits until no child is left or the time is over. */
static int reap_rest(void)
{
	long waited = 0;
	int n = 0;
	pid_t pid;

	for (;;) {
		pid = waitpid(-1, NULL, WNOHANG);
		if (pid == -1 && errno == ECHILD)
			return n;
		if (pid > 0)
			continue;
		pause_ms(STEP_MS);
		waited += STEP_MS;
		if (waited >= GRACE_MS)
			n += kill_children();
	}
}

/* Waits for the command itself, up to the limit; reaps orphans meanwhile. */
static int wait_command(pid_t command, long limit_ms)
{
	long waited = 0;
	int status;
	pid_t pid;

	for (;;) {
		pid = waitpid(-1, &status, WNOHANG);
		if (pid == command)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (pid > 0)
			continue;
		pause_ms(STEP_MS);
		waited += STEP_MS;
		if (waited < limit_ms)
			continue;
		fprintf(stderr, "watch: no end after %ld s\n", limit_ms / 1000);
		kill(command, SIGKILL);
		waitpid(command, NULL, 0);
		return LATE_STATUS;
	}
}

int main(int argc, char **argv)
{
	long limit_ms = 20000;
	int at = 1, status;
	pid_t pid;

	if (argc > 3 && !strcmp(argv[1], "-t")) {
		limit_ms = atol(argv[2]) * 1000;
		at = 3;
	}
	if (at >= argc)
		return 2;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (pid == 0) {
		execvp(argv[at], argv + at);
		perror(argv[at]);
		_exit(127);
	}
	status = wait_command(pid, limit_ms);
	if (reap_rest() > 0 && status != LATE_STATUS)
		return LEFT_STATUS;
	return status;
}
