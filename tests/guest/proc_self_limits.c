/* /proc/self/limits agrees with getrlimit */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	struct rlimit r;
	char buf[8192];
	long soft, hard;
	char *at;

	T_OK(getrlimit(RLIMIT_NOFILE, &r));
	r.rlim_max--;
	r.rlim_cur = r.rlim_max / 2;
	T_OK(setrlimit(RLIMIT_NOFILE, &r));
	t_read_file("/proc/self/limits", buf, sizeof(buf));
	at = strstr(buf, "Max open files");
	T_TRUE(at != NULL);
	T_EQ(sscanf(at, "Max open files %ld %ld files", &soft, &hard), 2);
	T_EQ(soft, r.rlim_cur);
	T_EQ(hard, r.rlim_max);
	return 0;
}
