/* RLIMIT_STACK decides how far the stack of a program grows */
#include <sys/resource.h>

#include "t.h"

static int recurse(int n)
{
	volatile char frame[4096];

	frame[0] = (char)n;
	return n == 0 ? 0 : recurse(n - 1) + frame[0];
}

int main(int argc, char **argv)
{
	char *args[] = {argv[0], (char *)"again", NULL};
	struct rlimit r = {1 << 20, RLIM_INFINITY};
	pid_t pid;

	T_OK(getrlimit(RLIMIT_STACK, &r));
	r.rlim_cur = 1 << 20;
	T_OK(setrlimit(RLIMIT_STACK, &r));
	if (argc > 1) {
		recurse(100);
		recurse(1000);
		return 0;
	}
	pid = T_OK(fork());
	if (pid == 0) {
		execv(argv[0], args);
		_exit(1);
	}
	T_SIGNALED(pid, SIGSEGV);
	return 0;
}
