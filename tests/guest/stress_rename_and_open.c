/*
 * one process renames over a file while others read it: they always see one
 * whole version
 */
#include "t.h"

int main(void)
{
	char buf[64];
	pid_t pid;
	int i, fd;

	t_write_file("f", "old version");
	pid = T_OK(fork());
	if (pid == 0) {
		for (i = 0; i < 150; i++) {
			t_write_file("tmp", i % 2 ? "old version" : "new version");
			T_OK(rename("tmp", "f"));
		}
		_exit(0);
	}
	for (i = 0; i < 300; i++) {
		fd = T_OK(open("f", O_RDONLY));
		T_EQ(read(fd, buf, sizeof(buf)), 11);
		T_OK(close(fd));
		T_TRUE(memcmp(buf, "old version", 11) == 0 || memcmp(buf, "new version", 11) == 0);
	}
	t_reap(pid);
	return 0;
}
