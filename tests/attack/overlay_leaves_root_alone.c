/*
 * What is written to the root file system is gone afterwards: every kind of
 * change (the runner compares)
 */
#include <sys/xattr.h>

#include "a.h"

int main(void)
{
	static const struct timespec ts[2] = {{1, 0}, {1, 0}};
	char buf[16];
	char *m;
	int fd;

	t_write_file("/etc/marker", "changed");
	t_read_file("/etc/marker", buf, sizeof(buf));
	T_STR(buf, "changed");
	T_OK(chmod("/etc/marker", 0600));
	if (geteuid() == 0)
		T_OK(chown("/etc/marker", 5, 5));
	T_OK(utimensat(AT_FDCWD, "/etc/marker", ts, 0));
	setxattr("/etc/marker", "user.a", "x", 1, 0);
	T_OK(link("/etc/marker", "/etc/second"));
	T_OK(rename("/etc/second", "/tmp/second"));
	T_OK(unlink("/etc/marker"));
	T_OK(rename("/bin/attack", "/bin/renamed"));
	T_OK(mkdir("/newdir", 0755));
	T_OK(rename("/etc", "/newdir/etc"));
	T_OK(symlink("x", "/link"));
	fd = T_OK(open("/bin/renamed", O_RDONLY));
	m = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	m[0] = 'X';
	T_OK(chmod("/", 0700));
	a_survives();
	return 0;
}
