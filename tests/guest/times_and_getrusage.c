/* times(2) and getrusage(2) count processor time, of children after wait */
#include <sys/resource.h>
#include <sys/times.h>

#include "t.h"

static void burn(int64_t ns)
{
	int64_t start = t_now(CLOCK_PROCESS_CPUTIME_ID);

	while (t_now(CLOCK_PROCESS_CPUTIME_ID) - start < ns)
		;
}

int main(void)
{
	struct rusage self, children;
	struct tms tms;
	pid_t pid;

	T_OK(getrusage(RUSAGE_CHILDREN, &children));
	T_EQ(children.ru_utime.tv_sec * 1000000 + children.ru_utime.tv_usec, 0);
	burn(30000000);
	T_OK(getrusage(RUSAGE_SELF, &self));
	T_GE(self.ru_utime.tv_sec * 1000000 + self.ru_utime.tv_usec +
		     self.ru_stime.tv_sec * 1000000 + self.ru_stime.tv_usec,
	     25000);
	T_GT(self.ru_maxrss, 100);
	T_GT(self.ru_minflt, 0);
	pid = T_OK(fork());
	if (pid == 0) {
		burn(30000000);
		_exit(0);
	}
	t_reap(pid);
	T_OK(getrusage(RUSAGE_CHILDREN, &children));
	T_GE(children.ru_utime.tv_sec * 1000000 + children.ru_utime.tv_usec +
		     children.ru_stime.tv_sec * 1000000 + children.ru_stime.tv_usec,
	     25000);
	T_OK(times(&tms) == (clock_t)-1 ? -1 : 0);
	T_GE(tms.tms_utime + tms.tms_stime, 1);
	T_GE(tms.tms_cutime + tms.tms_cstime, 1);
	T_OK(getrusage(RUSAGE_THREAD, &self));
	T_ERR(getrusage(5, &self), EINVAL);
	T_ERR(syscall(SYS_getrusage, RUSAGE_SELF, t_badptr()), EFAULT);
	return 0;
}
