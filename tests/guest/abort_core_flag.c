/*
 * signals that dump core end the process with that signal; the flag follows
 * RLIMIT_CORE
 */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	struct rlimit none = {0, 0};
	int status;
	pid_t pid;

	T_OK(setrlimit(RLIMIT_CORE, &none));
	pid = T_OK(fork());
	if (pid == 0)
		abort();
	status = t_status(pid);
	T_TRUE(WIFSIGNALED(status));
	T_EQ(WTERMSIG(status), SIGABRT);
	return 0;
}
