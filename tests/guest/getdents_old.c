/* getdents(2), the old form, with the type in the last byte */
#include <dirent.h>

#include "t.h"

int main(void)
{
	struct old {
		unsigned long ino, off;
		unsigned short reclen;
		char name[];
	} * d;
	char buf[1024];
	long got, at;
	int n = 0, fd;

	T_OK(mkdir("x", 0755));
	t_write_file("x/f", "");
	fd = T_OK(open("x", O_RDONLY));
	got = T_OK(syscall(SYS_getdents, fd, buf, sizeof(buf)));
	for (at = 0; at < got; at += d->reclen, n++) {
		d = (void *)(buf + at);
		if (d->name[0] == 'f')
			T_TRUE(buf[at + d->reclen - 1] == DT_REG ||
			       buf[at + d->reclen - 1] == DT_UNKNOWN);
	}
	T_EQ(n, 3);
	return 0;
}
