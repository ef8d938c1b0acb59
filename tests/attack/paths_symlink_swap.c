/*
 * Row 21: a component of a path on a host directory changes between directory
 * and link while it is walked, by this guest: nothing outside is opened, made
 * or removed
 */
#include "a.h"

static volatile int stop;

static void *swap(void *arg)
{
	while (!stop) {
		rename("/mnt/rw/x", "/mnt/rw/was");
		rename("/mnt/rw/l", "/mnt/rw/x");
		rename("/mnt/rw/x", "/mnt/rw/l");
		rename("/mnt/rw/was", "/mnt/rw/x");
	}
	return arg;
}

int main(void)
{
	char text[32];
	pthread_t t;
	int i, fd, good = 0;

	T_OK(mkdir("/mnt/rw/x", 0755));
	t_write_file("/mnt/rw/x/secret", "harmless");
	T_OK(symlink("../outside", "/mnt/rw/l"));
	T_EQ(pthread_create(&t, NULL, swap, NULL), 0);
	for (i = 0; i < 1500; i++) {
		fd = open("/mnt/rw/x/secret", O_RDWR);
		if (fd >= 0) {
			memset(text, 0, sizeof(text));
			if (pread(fd, text, sizeof(text) - 1, 0) > 0) {
				T_TRUE(!strstr(text, "SECRET"));
				good++;
			}
			close(fd);
		}
		fd = open("/mnt/rw/x/new", O_RDWR | O_CREAT, 0600);
		if (fd >= 0)
			close(fd);
		unlink("/mnt/rw/x/new");
		chmod("/mnt/rw/x/secret", 0644);
		mkdir("/mnt/rw/x/d", 0700);
		rmdir("/mnt/rw/x/d");
		truncate("/mnt/rw/x/secret", 8);
	}
	stop = 1;
	T_EQ(pthread_join(t, NULL), 0);
	T_GT(good, 0);
	return 0;
}
