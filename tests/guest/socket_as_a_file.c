/* what works on files works, or fails in its own way, on a socket and a pipe */
#include <sys/socket.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#include "t.h"

static void check(int fd, bool sock)
{
	char path[64], buf[64];
	struct statfs sfs;
	struct stat st;
	struct statx sx;

	T_OK(fstat(fd, &st));
	T_OK(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &sx));
	T_OK(fstatfs(fd, &sfs));
	T_EQ(sfs.f_type, sock ? 0x534f434b : 0x50495045);
	T_OK(fchmod(fd, 0600));
	T_OK(fstat(fd, &st));
	T_EQ(st.st_mode & 0777, 0600);
	T_OK(fchown(fd, -1, -1));
	T_OK(futimens(fd, NULL));
	T_ERR(ftruncate(fd, 0), EINVAL);
	T_ERR(fsync(fd), EINVAL);
	T_ERR(fchdir(fd), ENOTDIR);
	T_ERR(lseek(fd, 0, SEEK_CUR), ESPIPE);
	T_ERR(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0), ENODEV);
	T_EQ(fsetxattr(fd, "user.a", "x", 1, 0), -1);
	T_ERR(syscall(SYS_getdents64, fd, buf, sizeof(buf)), ENOTDIR);
	T_ERR(openat(fd, "x", O_RDONLY), ENOTDIR);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	T_OK(stat(path, &st));
	T_OK(readlink(path, buf, sizeof(buf)));
	T_OK(chmod(path, 0640));
	T_OK(access(path, R_OK));
	if (sock)
		T_ERR(open(path, O_RDWR), ENXIO);
	T_OK(open(path, O_PATH));
	T_EQ(link(path, "x"), -1);
	T_EQ(linkat(AT_FDCWD, path, AT_FDCWD, "x", AT_SYMLINK_FOLLOW), -1);
}

int main(void)
{
	int s[2], p[2];

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	T_OK(pipe(p));
	check(s[0], true);
	check(T_OK(socket(AF_INET, SOCK_DGRAM, 0)), true);
	check(p[0], false);
	return 0;
}
