/* Memory, threads and processes. */
#include <pthread.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "b.h"

#define PAGE  4096ul
#define PAGES 1024ul

static void *map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED);
	return p;
}

OP(mmap_touch)
{
	volatile char *p = map(PAGE);

	*p = 1;
	must(!munmap((void *)p, PAGE));
}

/* First touches alone; mapping and unmapping stand outside of the clock. */
static uint64_t op_page_fault(uint64_t n)
{
	uint64_t ns = 0;

	while (n) {
		uint64_t some = n < PAGES ? n : PAGES, start;
		volatile char *p = map(PAGES * PAGE);

		/* Huge pages would make it one fault; where the advice is refused there are none.
		 */
		madvise((void *)p, PAGES * PAGE, MADV_NOHUGEPAGE);
		start = now_ns();
		for (uint64_t i = 0; i < some; i++)
			p[i * PAGE] = 1;
		ns += now_ns() - start;
		must(!munmap((void *)p, PAGES * PAGE));
		n -= some;
	}
	return ns;
}

static void *nothing(void *arg)
{
	return arg;
}

OP(pthread)
{
	pthread_t t;

	must(!pthread_create(&t, NULL, nothing, NULL) && !pthread_join(t, NULL));
}

OP(fork)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(0);
	must(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
}

OP(spawn)
{
	static const char *const path = "/usr/bin/true";
	char *argv[] = {(char *)path, NULL};
	int status;
	pid_t pid;

	must(!posix_spawn(&pid, path, NULL, NULL, argv, argv + 1));
	must(waitpid(pid, &status, 0) == pid && status == 0);
}

static const struct op ops[] = {
	{"mmap-touch", op_mmap_touch}, {"page-fault", op_page_fault},
	{"pthread", op_pthread},       {"fork", op_fork},
	{"spawn", op_spawn},
};

BENCH_MAIN(ops)
