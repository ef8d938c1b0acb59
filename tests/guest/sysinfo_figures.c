/* sysinfo(2): memory, uptime and processes that make sense */
#include <sys/sysinfo.h>

#include "t.h"

int main(void)
{
	struct sysinfo si;

	T_OK(sysinfo(&si));
	T_GT(si.totalram, 0);
	T_GT(si.mem_unit, 0);
	T_LE(si.freeram, si.totalram);
	T_GE(si.uptime, 0);
	T_GT(si.procs, 0);
	T_ERR(syscall(SYS_sysinfo, t_badptr()), EFAULT);
	return 0;
}
