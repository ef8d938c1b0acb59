/*
 * chown(2) as root: either id may be left alone with -1, links are followed or
 * not
 */
#include "t.h"

int main(void)
{
	struct stat st;
	int fd;

	t_need_root();
	t_write_file("f", "x");
	T_OK(symlink("f", "l"));
	fd = T_OK(open("f", O_RDONLY));
	T_OK(chown("l", 11, -1));
	T_OK(fchown(fd, -1, 22));
	T_OK(stat("f", &st));
	T_EQ(st.st_uid, 11);
	T_EQ(st.st_gid, 22);
	T_OK(lchown("l", 33, 44));
	T_OK(lstat("l", &st));
	T_EQ(st.st_uid, 33);
	T_EQ(st.st_gid, 44);
	T_OK(stat("f", &st));
	T_EQ(st.st_uid, 11);
	T_OK(fchownat(fd, "", 55, 66, AT_EMPTY_PATH));
	T_OK(fstat(fd, &st));
	T_EQ(st.st_uid, 55);
	T_ERR(fchownat(AT_FDCWD, "f", 1, 1, 2), EINVAL);
	T_ERR(chown("absent", 1, 1), ENOENT);
	T_ERR(fchown(-1, 1, 1), EBADF);
	return 0;
}
