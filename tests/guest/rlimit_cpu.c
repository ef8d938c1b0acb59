/* RLIMIT_CPU: SIGXCPU at the soft limit, SIGKILL at the hard one */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	struct rlimit r = {1, 2};
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		T_OK(setrlimit(RLIMIT_CPU, &r));
		for (;;)
			;
	}
	T_SIGNALED(pid, SIGXCPU);
	return 0;
}
