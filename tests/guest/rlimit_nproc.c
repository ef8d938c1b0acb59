/* RLIMIT_NPROC bounds the processes of an ordinary user: EAGAIN */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	struct rlimit r = {1, 1};
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		t_drop_root();
		T_OK(setrlimit(RLIMIT_NPROC, &r));
		if (geteuid() == 0)
			_exit(0);
		/* at least this process counts, so that one more is too many */
		T_ERR(fork(), EAGAIN);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
