/*
 * A writable mount of a host directory: what this guest writes, others would
 * read; links, modes and names arrive as they are (the runner's own files lie
 * there)
 */
#include "a.h"

int main(void)
{
	char buf[64];
	struct stat a, b;
	int fd;

	t_read_file("/mnt/rw/file", buf, sizeof(buf));
	T_STR(buf, "writable\n");
	fd = T_OK(open("/mnt/rw/new", O_RDWR | O_CREAT | O_EXCL, 0640));
	T_EQ(write(fd, "0123456789", 10), 10);
	T_OK(ftruncate(fd, 5));
	T_OK(fstat(fd, &a));
	T_EQ(a.st_size, 5);
	T_OK(stat("/mnt/rw/new", &b));
	T_EQ(a.st_ino, b.st_ino);
	T_EQ(b.st_mode & 0777, 0640);
	T_OK(link("/mnt/rw/new", "/mnt/rw/second"));
	T_OK(stat("/mnt/rw/second", &b));
	T_EQ(b.st_nlink, 2);
	T_OK(rename("/mnt/rw/second", "/mnt/rw/dir/third"));
	T_OK(symlink("third", "/mnt/rw/dir/l"));
	t_read_file("/mnt/rw/dir/l", buf, sizeof(buf));
	T_STR(buf, "01234");
	T_OK(unlink("/mnt/rw/new"));
	T_EQ(pwrite(fd, "X", 1, 0), 1);
	t_read_file("/mnt/rw/dir/third", buf, sizeof(buf));
	T_STR(buf, "X1234");
	T_ERR(rename("/mnt/rw/dir/third", "/tmp/third"), EXDEV);
	T_ERR(link("/mnt/rw/dir/third", "/tmp/third"), EXDEV);
	T_ERR(rmdir("/mnt/rw"), EBUSY);
	T_ERR(rename("/mnt/rw", "/mnt/other"), EBUSY);
	return 0;
}
