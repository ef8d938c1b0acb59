/* wait4(2): how a child ended, and its resource usage */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	struct rusage ru;
	int status;
	pid_t pid = T_OK(fork());

	if (pid == 0)
		_exit(200);
	memset(&ru, 0xff, sizeof(ru));
	T_EQ(wait4(pid, &status, 0, &ru), pid);
	T_EQ(status, 200 << 8);
	T_GE(ru.ru_utime.tv_sec, 0);
	T_GE(ru.ru_maxrss, 0);
	pid = T_OK(fork());
	if (pid == 0) {
		raise(SIGKILL);
		_exit(1);
	}
	T_EQ(wait4(pid, &status, 0, NULL), pid);
	T_EQ(status, SIGKILL);
	pid = T_OK(fork());
	if (pid == 0)
		_exit(0);
	T_EQ(wait4(pid, NULL, 0, NULL), pid);
	return 0;
}
