/* mlock(2) works below RLIMIT_MEMLOCK, and above it only for root */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	char *m = T_OK(
		mmap(NULL, 16 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	struct rlimit r = {8192, 8192};
	pid_t pid;

	T_OK(mlock(m, 4096));
	T_OK(munlock(m, 4096));
	T_OK(mlock2(m, 4096, MLOCK_ONFAULT));
	T_OK(munlockall());
	T_ERR(mlock2(m, 4096, 0x80), EINVAL);
	T_ERR(mlockall(0), EINVAL);
	T_ERR(mlockall(0x80), EINVAL);
	T_OK(munmap(m + 4096, 4096));
	T_ERR(mlock(m, 3 * 4096), ENOMEM);
	T_OK(munlockall());
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_OK(setrlimit(RLIMIT_MEMLOCK, &r));
		T_ERR(mlock(m + 3 * 4096, 4 * 4096), ENOMEM);
		T_OK(mlock(m + 3 * 4096, 2 * 4096));
		r.rlim_cur = r.rlim_max = 0;
		T_OK(setrlimit(RLIMIT_MEMLOCK, &r));
		T_ERR(mlock(m + 3 * 4096, 4096), EPERM);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
