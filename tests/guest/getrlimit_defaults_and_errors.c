/*
 * getrlimit(2), setrlimit(2), prlimit(2): soft above hard, raising hard,
 * unknown resource
 */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	struct rlimit r, old;
	pid_t pid;

	T_OK(getrlimit(RLIMIT_NOFILE, &r));
	T_LE(r.rlim_cur, r.rlim_max);
	r.rlim_cur = r.rlim_max;
	r.rlim_cur++;
	if (r.rlim_max != RLIM_INFINITY)
		T_ERR(setrlimit(RLIMIT_NOFILE, &r), EINVAL);
	T_ERR(getrlimit(99, &r), EINVAL);
	T_ERR(syscall(SYS_getrlimit, RLIMIT_CORE, t_badptr()), EFAULT);
	r = (struct rlimit){30, 40};
	T_OK(prlimit(0, RLIMIT_NOFILE, &r, &old));
	T_OK(prlimit(getpid(), RLIMIT_NOFILE, NULL, &old));
	T_EQ(old.rlim_cur, 30);
	T_EQ(old.rlim_max, 40);
	T_ERR(prlimit(999999, RLIMIT_NOFILE, NULL, &old), ESRCH);
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		r.rlim_max = 41;
		T_ERR(setrlimit(RLIMIT_NOFILE, &r), EPERM);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
