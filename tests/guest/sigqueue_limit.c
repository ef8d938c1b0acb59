/* RLIMIT_SIGPENDING bounds the queue: EAGAIN */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	struct rlimit r = {0, 0};
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		t_drop_root();
		T_OK(setrlimit(RLIMIT_SIGPENDING, &r));
		t_block(SIGRTMIN);
		T_ERR(sigqueue(getpid(), SIGRTMIN, (union sigval){0}), EAGAIN);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
