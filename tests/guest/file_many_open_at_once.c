/* a thousand files open at once keep their contents and positions */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	struct rlimit r;
	static int fd[1000];
	char buf[16];
	int i, v;

	T_OK(getrlimit(RLIMIT_NOFILE, &r));
	if (r.rlim_max < 1100)
		T_SKIP("only %ld descriptors", (long)r.rlim_max);
	r.rlim_cur = r.rlim_max;
	T_OK(setrlimit(RLIMIT_NOFILE, &r));
	for (i = 0; i < 1000; i++) {
		snprintf(buf, sizeof(buf), "%d", i);
		fd[i] = T_OK(open(buf, O_RDWR | O_CREAT | O_EXCL, 0644));
		T_EQ(write(fd[i], &i, sizeof(i)), sizeof(i));
	}
	for (i = 0; i < 1000; i++) {
		T_EQ(pread(fd[i], &v, sizeof(v), 0), sizeof(v));
		T_EQ(v, i);
		T_EQ(lseek(fd[i], 0, SEEK_CUR), 4);
	}
	return 0;
}
