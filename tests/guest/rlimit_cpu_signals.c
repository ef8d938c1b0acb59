/* RLIMIT_CPU: SIGXCPU at the soft limit, again after a second, SIGKILL at the hard one */
#include <sys/resource.h>

#include "t.h"

static volatile int warned;

static void on_xcpu(int sig)
{
	warned += sig == SIGXCPU;
}

static void burn(void)
{
	for (;;)
		for (volatile int i = 0; i < 1000; i++)
			;
}

int main(void)
{
	struct rlimit limit = {1, 2};
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		T_OK(setrlimit(RLIMIT_CPU, &limit));
		burn();
	}
	T_SIGNALED(pid, SIGXCPU);
	pid = T_OK(fork());
	if (pid == 0) {
		t_on_signal(SIGXCPU, on_xcpu, 0);
		T_OK(setrlimit(RLIMIT_CPU, &limit));
		while (!warned)
			;
		burn();
	}
	T_SIGNALED(pid, SIGKILL);
	return 0;
}
