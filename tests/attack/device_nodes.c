/*
 * Row 29: a device node that root makes inside is no way to the host's device
 */
#include <sys/sysmacros.h>

#include "a.h"

int main(void)
{
	static const struct {
		mode_t kind;
		unsigned major, minor;
	} nodes[] = {{S_IFBLK, 254, 0}, {S_IFBLK, 8, 0},    {S_IFCHR, 1, 1},   {S_IFCHR, 1, 2},
		     {S_IFCHR, 1, 4},   {S_IFCHR, 10, 229}, {S_IFCHR, 10, 232}};
	char path[64], buf[512];
	size_t i;
	int fd;

	for (i = 0; i < sizeof(nodes) / sizeof(*nodes); i++) {
		snprintf(path, sizeof(path), "/tmp/node%zu", i);
		if (mknod(path, nodes[i].kind | 0666, makedev(nodes[i].major, nodes[i].minor)) ==
		    -1)
			continue;
		fd = open(path, O_RDWR | O_NONBLOCK);
		if (fd >= 0)
			T_TRUE(read(fd, buf, sizeof(buf)) <= 0);
		snprintf(path, sizeof(path), "/mnt/rw/node%zu", i);
		if (mknod(path, nodes[i].kind | 0666, makedev(nodes[i].major, nodes[i].minor)) == 0)
			t_die("a device node on the host");
	}
	/* the twin: the sandbox's own devices */
	fd = T_OK(open("/dev/null", O_RDWR));
	T_EQ(write(fd, "x", 1), 1);
	return 0;
}
