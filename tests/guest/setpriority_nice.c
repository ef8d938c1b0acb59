/* getpriority(2), setpriority(2): nicer is free, less nice is not */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	const struct rlimit none = {0, 0};
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		/* The caller of the tests may be nice already, or allowed to be less so. */
		int nice = getpriority(PRIO_PROCESS, 0) + 5;

		if (nice > 19)
			nice = 19;
		t_drop_root();
		T_OK(setrlimit(RLIMIT_NICE, &none));
		T_OK(setpriority(PRIO_PROCESS, 0, nice));
		T_EQ(getpriority(PRIO_PROCESS, 0), nice);
		T_ERR(setpriority(PRIO_PROCESS, 0, nice - 1), EACCES);
		T_OK(setpriority(PRIO_PROCESS, 0, 100));
		T_EQ(getpriority(PRIO_PROCESS, 0), 19);
		T_ERR(getpriority(9, 0), EINVAL);
		T_ERR(getpriority(PRIO_PROCESS, 999999), ESRCH);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
