/* a file made with O_TMPFILE gets a name through /proc/self/fd */
#include "t.h"

int main(void)
{
	char path[64];
	struct stat st;
	int fd = open(".", O_TMPFILE | O_RDWR, 0600), excl;

	if (fd == -1 && errno == EOPNOTSUPP)
		T_SKIP("no O_TMPFILE here");
	T_NE(fd, -1);
	T_EQ(write(fd, "data", 4), 4);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	T_OK(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	T_OK(stat("named", &st));
	T_EQ(st.st_nlink, 1);
	T_EQ(st.st_size, 4);
	excl = T_OK(open(".", O_TMPFILE | O_RDWR | O_EXCL, 0600));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", excl);
	T_ERR(linkat(AT_FDCWD, path, AT_FDCWD, "other", AT_SYMLINK_FOLLOW), ENOENT);
	return 0;
}
