/*
 * Row 1: the flags of openat2 change between check and use. A file that is
 * read-only for this user is never open for writing.
 */
#include <linux/openat2.h>

#include "a.h"

static struct open_how how;
static volatile int stop;

static void *rewrite(void *arg)
{
	volatile uint64_t *flags = (volatile uint64_t *)&how.flags;

	while (!stop) {
		*flags = O_RDONLY;
		*flags = O_RDWR;
		*flags = O_WRONLY | O_TRUNC;
		*flags = 1ULL << 45;
	}
	return arg;
}

int main(void)
{
	char buf[16];
	pthread_t t;
	int i, fd, opened = 0;

	t_write_file("/tmp/ro", "read only");
	T_OK(chmod("/tmp/ro", 0444));
	t_drop_root();
	T_EQ(pthread_create(&t, NULL, rewrite, NULL), 0);
	for (i = 0; i < 3000; i++) {
		fd = (int)syscall(SYS_openat2, AT_FDCWD, "/tmp/ro", &how, sizeof(how));
		if (fd == -1)
			continue;
		opened++;
		T_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
		T_EQ(write(fd, "x", 1), -1);
		T_OK(close(fd));
	}
	stop = 1;
	T_EQ(pthread_join(t, NULL), 0);
	T_GT(opened, 0);
	t_read_file("/tmp/ro", buf, sizeof(buf));
	T_STR(buf, "read only");
	return 0;
}
