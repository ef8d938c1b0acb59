/*
 * Row 20: "..", absolute paths, links and roots do not lead out of the root
 * file system
 */
#include "a.h"

static void look(const char *prefix)
{
	char path[PATH_MAX + 512];

	snprintf(path, sizeof(path), "%s%s/secret", prefix, a_outside());
	a_not_secret(path);
	snprintf(path, sizeof(path), "%s/../outside/secret", prefix);
	a_not_secret(path);
}

int main(void)
{
	char deep[PATH_MAX] = "";
	char buf[64];
	int i, fd;

	for (i = 0; i < 30; i++) {
		strcat(deep, "/..");
		look(deep);
	}
	look("/mnt/rw/../..");
	look("/mnt/ro/../../..");
	look("/mnt/rw/dir/../../..");
	look("/tmp/../..");
	look("/proc/../..");
	a_not_secret("/mnt/rw/link");
	a_not_secret("/mnt/rw/up");
	a_not_secret("/mnt/ro/link/secret");
	T_OK(chdir("/mnt/rw"));
	a_not_secret("../outside/secret");
	a_not_secret("../../outside/secret");
	fd = T_OK(open("/mnt/rw", O_RDONLY | O_DIRECTORY));
	i = openat(fd, "../outside/secret", O_RDONLY);
	if (i >= 0)
		a_not_secret_fd(i, "openat below a mount");
	T_OK(symlink(a_outside(), "/tmp/out"));
	a_not_secret("/tmp/out/secret");
	if (link("/mnt/rw/up", "/mnt/rw/linked") == 0)
		a_not_secret("/mnt/rw/linked");
	T_EQ(t_read_file("/mnt/rw/../rw/file", buf, sizeof(buf)), 9);
	return 0;
}
