/* newfstatat(2): AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH, unknown flags */
#include "t.h"

int main(void)
{
	struct stat st;
	int dir, file;

	T_OK(mkdir("d", 0755));
	t_write_file("d/f", "abc");
	T_OK(symlink("f", "d/l"));
	dir = T_OK(open("d", O_RDONLY));
	file = T_OK(open("d/f", O_RDONLY));
	T_OK(fstatat(dir, "l", &st, 0));
	T_TRUE(S_ISREG(st.st_mode));
	T_OK(fstatat(dir, "l", &st, AT_SYMLINK_NOFOLLOW));
	T_TRUE(S_ISLNK(st.st_mode));
	T_OK(fstatat(file, "", &st, AT_EMPTY_PATH));
	T_EQ(st.st_size, 3);
	T_ERR(fstatat(file, "", &st, 0), ENOENT);
	T_ERR(fstatat(file, "x", &st, 0), ENOTDIR);
	T_ERR(fstatat(-1, "x", &st, 0), EBADF);
	T_OK(fstatat(-1, "/", &st, 0));
	T_ERR(fstatat(dir, "f", &st, 0x40000000), EINVAL);
	return 0;
}
