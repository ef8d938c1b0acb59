/*
 * The overlay in memory behaves as one file system: files below and above,
 * copied up, hidden, made anew
 */
#include "a.h"

static void is(const char *path, const char *want)
{
	char buf[64];

	t_read_file(path, buf, sizeof(buf));
	T_STR(buf, want);
}

static int count(const char *path)
{
	struct dirent *d;
	DIR *dir = opendir(path);
	int n = 0;

	T_TRUE(dir != NULL);
	while ((d = readdir(dir)))
		n += d->d_name[0] != '.';
	closedir(dir);
	return n;
}

int main(void)
{
	struct stat before, after;
	char buf[64], *m;
	int old, fd;

	if (geteuid() != 0 && access("/etc", W_OK) == -1)
		T_SKIP("the root is not ours to change");
	/* a file below, opened, then changed: the path and a new descriptor see the change */
	old = T_OK(open("/etc/marker", O_RDONLY));
	m = T_OK(mmap(NULL, A_PAGE, PROT_READ, MAP_SHARED, old, 0));
	T_OK(stat("/etc/marker", &before));
	fd = T_OK(open("/etc/marker", O_WRONLY | O_APPEND));
	T_EQ(write(fd, "more\n", 5), 5);
	is("/etc/marker", "root\nmore\n");
	T_OK(stat("/etc/marker", &after));
	T_EQ(after.st_size, 10);
	T_EQ(after.st_mode, before.st_mode);
	T_EQ(after.st_ino, before.st_ino);
	T_TRUE(memcmp(m, "root\n", 5) == 0);
	T_OK(pread(old, buf, 5, 0));
	T_MEM(buf, "root\n", 5);
	/* removed and made again: the old content does not shine through */
	T_OK(unlink("/etc/marker"));
	T_ERR(access("/etc/marker", F_OK), ENOENT);
	T_EQ(count("/etc"), 0);
	t_write_file("/etc/marker", "new");
	is("/etc/marker", "new");
	T_EQ(count("/etc"), 1);
	T_OK(unlink("/etc/marker"));
	/* a directory from below that is empty now can be removed and made again, empty */
	T_OK(rmdir("/etc"));
	T_ERR(access("/etc", F_OK), ENOENT);
	T_OK(mkdir("/etc", 0755));
	T_EQ(count("/etc"), 0);
	/* directories from below can be renamed with all that is in them */
	T_OK(rename("/bin", "/programs"));
	T_OK(access("/programs/attack", X_OK));
	T_ERR(access("/bin/attack", F_OK), ENOENT);
	T_OK(rename("/programs", "/bin"));
	T_OK(access("/bin/attack", X_OK));
	/* links to files from below */
	T_OK(link("/bin/attack", "/bin/second"));
	T_OK(stat("/bin/attack", &before));
	T_OK(stat("/bin/second", &after));
	T_EQ(before.st_ino, after.st_ino);
	T_EQ(after.st_nlink, 2);
	T_OK(chmod("/bin/second", 0711));
	T_OK(stat("/bin/attack", &after));
	T_EQ(after.st_mode & 0777, 0711);
	/* a directory over a hidden file, a file over a hidden directory */
	T_OK(unlink("/bin/second"));
	T_OK(mkdir("/bin/second", 0755));
	t_write_file("/bin/second/f", "x");
	T_ERR(rename("/bin/second", "/bin/attack"), ENOTDIR);
	T_ERR(rename("/bin/attack", "/bin/second"), EISDIR);
	a_survives();
	return 0;
}
