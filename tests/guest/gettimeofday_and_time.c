/* gettimeofday(2) and time(2) agree with the real-time clock */
#include "t.h"

int main(void)
{
	struct timeval tv;
	time_t t;
	int64_t now = t_now(CLOCK_REALTIME) / 1000000000;

	T_OK(syscall(SYS_gettimeofday, &tv, NULL));
	T_GE(tv.tv_sec, now);
	T_LE(tv.tv_sec, now + 5);
	t = T_OK(syscall(SYS_time, NULL));
	T_GE(t, now - 1);
	T_OK(syscall(SYS_time, &t));
	T_ERR(syscall(SYS_time, t_badptr()), EFAULT);
	T_ERR(syscall(SYS_gettimeofday, t_badptr(), NULL), EFAULT);
	return 0;
}
