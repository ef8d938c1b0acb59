/*
 * Rows 27, 28: nothing on a read-only mount can be changed, in any of the ways
 * there are; the same on a writable mount works
 */
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/xattr.h>

#include "a.h"

static void refused(long ret, const char *what)
{
	if (ret != -1)
		t_die("%s worked on a read-only mount", what);
}

int main(void)
{
	static const struct timespec ts[2] = {{1, 0}, {1, 0}};
	int fd, rw, p[2], one = 1;
	char path[64], buf[16];
	char *m;

	T_OK(chdir("/mnt/ro"));
	T_ERR(open("file", O_WRONLY), EROFS);
	T_ERR(open("file", O_RDWR), EROFS);
	T_ERR(open("new", O_WRONLY | O_CREAT, 0644), EROFS);
	T_ERR(open("dir/pre-commit", O_WRONLY | O_CREAT | O_EXCL, 0755), EROFS);
	refused(open("file", O_RDONLY | O_TRUNC), "O_TRUNC");
	refused(open(".", O_TMPFILE | O_RDWR, 0600), "O_TMPFILE");
	T_ERR(truncate("file", 0), EROFS);
	T_ERR(mkdir("newdir", 0755), EROFS);
	T_ERR(rmdir("dir"), EROFS);
	T_ERR(unlink("file"), EROFS);
	T_ERR(rename("file", "file2"), EROFS);
	refused(rename("file", "/mnt/rw/moved"), "rename out");
	refused(rename("/mnt/rw/file", "moved"), "rename in");
	T_ERR(symlink("x", "newlink"), EROFS);
	T_ERR(link("file", "file2"), EROFS);
	T_ERR(mknod("fifo", S_IFIFO | 0600, 0), EROFS);
	T_ERR(chmod("file", 0777), EROFS);
	T_ERR(chown("file", 1, 1), EROFS);
	T_ERR(utimensat(AT_FDCWD, "file", ts, 0), EROFS);
	refused(setxattr("file", "user.a", "x", 1, 0), "setxattr");
	refused(removexattr("file", "user.a"), "removexattr");
	T_ERR(access("file", W_OK), EROFS);
	fd = T_OK(open("file", O_RDONLY));
	T_OK(pipe(p));
	t_post(p[1]);
	refused(write(fd, "x", 1), "write");
	refused(pwrite(fd, "x", 1, 0), "pwrite");
	refused(ftruncate(fd, 0), "ftruncate");
	refused(fallocate(fd, 0, 0, 100), "fallocate");
	refused(fallocate(fd, 3, 0, 5), "punch hole");
	refused(fchmod(fd, 0777), "fchmod");
	refused(fchown(fd, 1, 1), "fchown");
	refused(futimens(fd, ts), "futimens");
	refused(fsetxattr(fd, "user.a", "x", 1, 0), "fsetxattr");
	refused(splice(p[0], NULL, fd, NULL, 1, 0), "splice");
	refused(sendfile(fd, fd, NULL, 5), "sendfile");
	refused(copy_file_range(fd, NULL, fd, &(off_t){100}, 5, 0), "copy_file_range");
	refused(ioctl(fd, FICLONE, fd), "FICLONE");
	refused(ioctl(fd, FS_IOC_SETFLAGS, &one), "FS_IOC_SETFLAGS");
	refused(fcntl(fd, F_SETFL, O_RDWR | O_APPEND) == 0 ? write(fd, "x", 1) : -1, "F_SETFL");
	refused((long)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0),
		"shared mapping");
	m = T_OK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
	refused(mprotect(m, 4096, PROT_READ | PROT_WRITE), "mprotect");
	m = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	m[0] = 'X';
	msync(m, 4096, MS_SYNC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	refused(open(path, O_RDWR), "/proc/self/fd");
	refused(open(path, O_WRONLY | O_TRUNC), "/proc/self/fd with O_TRUNC");
	T_EQ(pread(fd, buf, 9, 0), 9);
	T_MEM(buf, "read only", 9);
	/* the twin */
	T_OK(chdir("/mnt/rw"));
	rw = T_OK(open("file", O_RDWR));
	T_EQ(pwrite(rw, "W", 1, 0), 1);
	T_OK(mkdir("newdir", 0755));
	t_write_file("newdir/f", "x");
	T_OK(rename("newdir/f", "moved"));
	T_OK(unlink("moved"));
	T_OK(rmdir("newdir"));
	return 0;
}
