/* attributes: bad names, flags, paths, kinds of file, trusted ones */
#include <sys/xattr.h>

#include "t.h"

int main(void)
{
	char name[300], buf[8];
	pid_t pid;
	int fd;

	t_write_file("f", "x");
	if (setxattr("f", "user.a", "one", 3, 0) == -1 && errno == ENOTSUP)
		T_SKIP("no user attributes here");
	memset(name, 'n', sizeof(name));
	memcpy(name, "user.", 5);
	name[299] = '\0';
	T_ERR(setxattr("f", name, "x", 1, 0), ERANGE);
	T_ERR(setxattr("f", "", "x", 1, 0), ERANGE);
	T_ERR(setxattr("f", "nonsense.a", "x", 1, 0), EOPNOTSUPP);
	T_ERR(setxattr("f", "user.a", "x", 1, 99), EINVAL);
	T_ERR(setxattr("absent", "user.a", "x", 1, 0), ENOENT);
	T_ERR(setxattr("f", "user.a", t_badptr(), 1, 0), EFAULT);
	T_ERR(setxattr("f", "user.a", "x", 70000, 0), E2BIG);
	T_OK(symlink("f", "l"));
	T_EQ(getxattr("l", "user.a", buf, sizeof(buf)), 3);
	T_ERR(lsetxattr("l", "user.a", "x", 1, 0), EPERM);
	T_OK(mkfifo("p", 0644));
	T_ERR(setxattr("p", "user.a", "x", 1, 0), EPERM);
	fd = T_OK(open("f", O_RDONLY));
	T_EQ(fgetxattr(fd, "user.a", buf, sizeof(buf)), 3);
	T_ERR(fgetxattr(99, "user.a", buf, sizeof(buf)), EBADF);
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(setxattr("/", "trusted.a", "x", 1, 0), EPERM);
		T_ERR(getxattr("f", "trusted.a", buf, 1), ENODATA);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
