/* /proc/sys: what programs read at their start */
#include "t.h"

static long number(const char *path)
{
	char buf[64];

	t_read_file(path, buf, sizeof(buf));
	return atol(buf);
}

int main(void)
{
	char buf[128];

	T_GE(number("/proc/sys/kernel/pid_max"), 1000);
	T_GE(number("/proc/sys/kernel/ngroups_max"), 32);
	T_GT(number("/proc/sys/fs/file-max"), 100);
	T_GE(number("/proc/sys/vm/overcommit_memory"), 0);
	T_GT(number("/proc/sys/net/core/somaxconn"), 0);
	T_GT(number("/proc/sys/kernel/threads-max"), 10);
	t_read_file("/proc/sys/kernel/ostype", buf, sizeof(buf));
	T_STR(buf, "Linux\n");
	t_read_file("/proc/sys/kernel/osrelease", buf, sizeof(buf));
	T_TRUE(strlen(buf) > 3);
	t_read_file("/proc/sys/kernel/random/boot_id", buf, sizeof(buf));
	T_EQ(strlen(buf), 37);
	t_read_file("/proc/sys/kernel/random/uuid", buf, sizeof(buf));
	T_EQ(strlen(buf), 37);
	return 0;
}
