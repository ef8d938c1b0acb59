/* a program that is run many times finds its text, and that of its libraries, as in the files */
#include "t.h"

#define RUNS 10

static void compare(const char *path, int mem, unsigned long from, unsigned long to, off_t off)
{
	static char want[65536], got[65536];
	int fd = T_OK(open(path, O_RDONLY));

	while (from < to) {
		size_t n = to - from < sizeof(want) ? to - from : sizeof(want);
		ssize_t have;

		T_EQ(pread(mem, got, n, (off_t)from), n);
		have = T_OK(pread(fd, want, n, off));
		T_MEM(got, want, have);
		from += n;
		off += (off_t)n;
	}
	T_OK(close(fd));
}

static void compare_all(void)
{
	int mem = T_OK(open("/proc/self/mem", O_RDONLY)), texts = 0;
	FILE *f = fopen("/proc/self/maps", "r");
	char line[600], perm[8], path[512];
	unsigned long from, to, off;

	T_TRUE(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx %7s %lx %*s %*s %511s", &from, &to, perm, &off, path) !=
			    5 ||
		    strcmp(perm, "r-xp") != 0 || path[0] != '/')
			continue;
		compare(path, mem, from, to, (off_t)off);
		texts++;
	}
	fclose(f);
	T_GE(texts, 3);
}

/* A little of everything, each call a few times. */
static void work(void)
{
	struct stat st;
	char c;
	int fd[2];

	for (int i = 0; i < 4; i++) {
		T_EQ(getppid(), syscall(SYS_getppid));
		T_OK(pipe(fd));
		T_EQ(write(fd[1], "x", 1), 1);
		T_EQ(read(fd[0], &c, 1), 1);
		T_OK(fstat(fd[0], &st));
		T_OK(fcntl(fd[0], F_GETFL));
		T_OK(close(fd[0]));
		T_OK(close(fd[1]));
		T_OK(stat("/", &st));
		T_ERR(open("/nonexistent", O_RDONLY), ENOENT);
		T_OK(kill(getpid(), 0));
	}
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		work();
		compare_all();
		return 0;
	}
	for (int i = 0; i < RUNS; i++) {
		pid_t pid = T_OK(fork());

		if (pid == 0) {
			execl("/proc/self/exe", argv[0], "child", (char *)NULL);
			t_die("execl: %s", t_errname(errno));
		}
		t_reap(pid);
	}
	return 0;
}
