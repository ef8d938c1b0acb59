/*
 * Runs test programs and says how each ended
 *
 *   driver [-j N] [-t SECONDS] [-o UID] [-p "PREFIX WORDS"] PROGRAM...
 *
 * Each program runs in a fresh scratch directory, its own process group, with
 * a time limit. Exit 0 is ok, 77 a skip, anything else a failure, and the
 * program's last lines of output are shown. With a prefix the program is run
 * as `PREFIX WORDS PROGRAM`, where {} in a word becomes the scratch directory.
 *
 * With -o the scratch directory belongs to that user.
 *
 * The driver itself also runs inside a sandbox, so it keeps to a few plain
 * system calls: mkdir, open, fork, execve, wait4, kill, setitimer.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_JOBS    64
#define MAX_WORDS   64
#define SKIP_STATUS 77
#define TICK_US     250000
#define LOG_TAIL    2000

struct job {
	pid_t pid; /* 0: free */
	const char *program;
	char dir[300];
	time_t deadline;
	bool timed_out;
};

static struct job jobs[MAX_JOBS];
static int nr_jobs = 1;
static int time_limit = 10;
static int owner = -1;
static char *prefix[MAX_WORDS];
static int nr_prefix;
static char base[256];
static int nr_passed, nr_failed, nr_skipped, nr_started;

static void die(const char *what)
{
	fprintf(stderr, "driver: %s: %s\n", what, strerror(errno));
	exit(2);
}

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static const char *name_of(const char *program)
{
	const char *slash = strrchr(program, '/');

	return slash ? slash + 1 : program;
}

static void remove_tree(const char *path)
{
	struct dirent *ent;
	char sub[1024];
	DIR *dir;

	if (unlink(path) == 0 || (errno != EISDIR && errno != EPERM))
		return;
	chmod(path, 0700);
	dir = opendir(path);
	if (dir) {
		while ((ent = readdir(dir))) {
			if (!strcmp(ent->d_name, ".") || !strcmp(ent->d_name, ".."))
				continue;
			snprintf(sub, sizeof(sub), "%s/%s", path, ent->d_name);
			remove_tree(sub);
		}
		closedir(dir);
	}
	rmdir(path);
}

/* A copy of the word with every {} replaced. */
static char *with_directory(const char *word, const char *dir)
{
	char *ret = calloc(1, strlen(word) + 1 + strlen(word) / 2 * strlen(dir));
	const char *braces;
	size_t used = 0;

	if (!ret)
		die("calloc");
	while ((braces = strstr(word, "{}"))) {
		memcpy(ret + used, word, (size_t)(braces - word));
		used += (size_t)(braces - word);
		memcpy(ret + used, dir, strlen(dir));
		used += strlen(dir);
		word = braces + 2;
	}
	memcpy(ret + used, word, strlen(word));
	return ret;
}

static void exec_program(struct job *job)
{
	char cwd[320], log[320];
	char *argv[MAX_WORDS + 2];
	struct rlimit no_core = {0, 0};
	unsigned long dfl[4] = {0};
	sigset_t none;
	int fd, i;

	snprintf(cwd, sizeof(cwd), "%s/cwd", job->dir);
	snprintf(log, sizeof(log), "%s/log", job->dir);
	setpgid(0, 0);
	/* By hand: posix_spawn() leaves the C library's own two ignored, and signal() refuses them.
	 */
	for (i = 1; i < NSIG; i++)
		syscall(SYS_rt_sigaction, i, dfl, NULL, 8);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setrlimit(RLIMIT_CORE, &no_core);
	umask(022);
	fd = open("/dev/null", O_RDONLY);
	dup2(fd, 0);
	fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
	if (fd == -1)
		die(log);
	dup2(fd, 1);
	dup2(fd, 2);
	for (i = 3; i < 64; i++)
		close(i);
	if (!nr_prefix && chdir(cwd) == -1)
		die(cwd);
	for (i = 0; i < nr_prefix; i++)
		argv[i] = with_directory(prefix[i], cwd);
	argv[i] = (char *)job->program;
	argv[i + 1] = NULL;
	execv(argv[0], argv);
	fprintf(stderr, "driver: exec %s: %s\n", argv[0], strerror(errno));
	_exit(126);
}

static void start(struct job *job, const char *program)
{
	char cwd[320];

	memset(job, 0, sizeof(*job));
	job->program = program;
	snprintf(job->dir, sizeof(job->dir), "%s/%d-%s", base, nr_started++, name_of(program));
	snprintf(cwd, sizeof(cwd), "%s/cwd", job->dir);
	if (mkdir(job->dir, 0755) == -1 || mkdir(cwd, 0755) == -1)
		die(job->dir);
	if (owner != -1 && chown(cwd, (uid_t)owner, (gid_t)owner) == -1)
		die(cwd);
	job->deadline = now() + time_limit;
	fflush(stdout);
	job->pid = fork();
	if (job->pid == -1)
		die("fork");
	if (job->pid == 0)
		exec_program(job);
}

/* Copies the end of the program's output; with oneline, only its first line, as a reason. */
static void show_log(const struct job *job, bool oneline)
{
	char path[320], buf[LOG_TAIL + 1];
	FILE *f;
	size_t got;
	char *line, *save = NULL;

	snprintf(path, sizeof(path), "%s/log", job->dir);
	f = fopen(path, "r");
	if (!f) {
		if (oneline)
			printf("\n");
		return;
	}
	if (!oneline && fseek(f, -LOG_TAIL, SEEK_END) == -1)
		rewind(f);
	got = fread(buf, 1, LOG_TAIL, f);
	fclose(f);
	buf[got] = '\0';
	line = strtok_r(buf, "\n", &save);
	if (oneline) {
		printf("%s\n", line ? line : "");
		return;
	}
	for (; line; line = strtok_r(NULL, "\n", &save))
		printf("    %s\n", line);
}

static void report(struct job *job, int status)
{
	const char *name = name_of(job->program);

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !job->timed_out) {
		nr_passed++;
		printf("ok %s\n", name);
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == SKIP_STATUS) {
		nr_skipped++;
		printf("skip %s: ", name);
		show_log(job, true);
	} else {
		nr_failed++;
		if (job->timed_out)
			printf("not ok %s: no end after %d s\n", name, time_limit);
		else if (WIFSIGNALED(status))
			printf("not ok %s: signal %d\n", name, WTERMSIG(status));
		else
			printf("not ok %s: exit %d\n", name, WEXITSTATUS(status));
		show_log(job, false);
	}
	fflush(stdout);
}

static void check_deadlines(void)
{
	int i;

	for (i = 0; i < nr_jobs; i++) {
		if (!jobs[i].pid || now() < jobs[i].deadline)
			continue;
		jobs[i].timed_out = true;
		kill(-jobs[i].pid, SIGKILL);
		kill(jobs[i].pid, SIGKILL);
	}
}

/* Waits for any job to end. */
static void finish_one(void)
{
	int status, i;
	pid_t pid = wait4(-1, &status, 0, NULL);

	if (pid == -1 && errno != EINTR)
		die("wait4");
	check_deadlines();
	for (i = 0; pid > 0 && i < nr_jobs; i++) {
		if (jobs[i].pid != pid)
			continue;
		kill(-pid, SIGKILL);
		report(&jobs[i], status);
		remove_tree(jobs[i].dir);
		jobs[i].pid = 0;
	}
}

static int nr_running(void)
{
	int i, n = 0;

	for (i = 0; i < nr_jobs; i++)
		n += jobs[i].pid != 0;
	return n;
}

static void on_tick(int sig)
{
	(void)sig;
}

static void parse(int argc, char **argv)
{
	char *word, *save = NULL;
	int opt;

	while ((opt = getopt(argc, argv, "+j:t:o:p:")) != -1) {
		switch (opt) {
		case 'j':
			nr_jobs = atoi(optarg);
			break;
		case 't':
			time_limit = atoi(optarg);
			break;
		case 'o':
			owner = atoi(optarg);
			break;
		case 'p':
			for (word = strtok_r(optarg, " ", &save); word && nr_prefix < MAX_WORDS;
			     word = strtok_r(NULL, " ", &save))
				prefix[nr_prefix++] = word;
			break;
		default:
			exit(2);
		}
	}
	if (nr_jobs < 1 || nr_jobs > MAX_JOBS)
		nr_jobs = 1;
}

int main(int argc, char **argv)
{
	struct sigaction sa = {.sa_handler = on_tick};
	struct itimerval tick = {{0, TICK_US}, {0, TICK_US}};
	const char *tmp = getenv("TMPDIR");
	int i, free_slot;

	parse(argc, argv);
	/* Scratch directories are for every user, whatever the caller's mask. */
	umask(022);
	snprintf(base, sizeof(base), "%s/guest.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(base))
		die(base);
	chmod(base, 0755);
	sigaction(SIGALRM, &sa, NULL);
	if (setitimer(ITIMER_REAL, &tick, NULL) == -1)
		perror("driver: no time limits: setitimer");

	for (i = optind; i < argc;) {
		if (nr_running() == nr_jobs) {
			finish_one();
			continue;
		}
		for (free_slot = 0; jobs[free_slot].pid; free_slot++)
			;
		start(&jobs[free_slot], argv[i++]);
	}
	while (nr_running())
		finish_one();
	rmdir(base);
	printf("%d passed, %d failed, %d skipped\n", nr_passed, nr_failed, nr_skipped);
	return nr_failed != 0;
}
