/* the older forms: utime(2), utimes(2), futimesat(2) */
#include <utime.h>

#include "t.h"

int main(void)
{
	struct utimbuf ub = {11, 22};
	struct timeval tv[2] = {{33, 5}, {44, 6}};
	struct stat st;

	t_write_file("f", "x");
	T_OK(syscall(SYS_utime, "f", &ub));
	T_OK(stat("f", &st));
	T_EQ(st.st_atim.tv_sec, 11);
	T_EQ(st.st_mtim.tv_sec, 22);
	T_OK(syscall(SYS_utimes, "f", tv));
	T_OK(stat("f", &st));
	T_EQ(st.st_mtim.tv_nsec, 6000);
	tv[0].tv_usec = 1000000;
	T_ERR(syscall(SYS_utimes, "f", tv), EINVAL);
	tv[0].tv_usec = 0;
	T_OK(syscall(SYS_futimesat, AT_FDCWD, "f", tv));
	return 0;
}
