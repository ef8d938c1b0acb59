/* statm counts pages; smaps tells how much of a mapping is resident */
#include "t.h"

int main(void)
{
	static char buf[262144];
	char *m = T_OK(
		mmap(NULL, 64 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	long size, resident;

	memset(m, 1, 64 * 4096);
	t_read_file("/proc/self/statm", buf, sizeof(buf));
	T_EQ(sscanf(buf, "%ld %ld", &size, &resident), 2);
	T_GE(size, 64);
	T_GE(resident, 64);
	T_GE(size, resident);
	t_read_file("/proc/self/smaps", buf, sizeof(buf));
	T_TRUE(strstr(buf, "Rss:") != NULL);
	return 0;
}
