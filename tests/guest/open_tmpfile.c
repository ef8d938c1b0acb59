/* O_TMPFILE makes a file without a name */
#include "t.h"

int main(void)
{
	struct stat st;
	char buf[8];
	int fd = open(".", O_TMPFILE | O_RDWR, 0640);

	if (fd == -1 && errno == EOPNOTSUPP)
		T_SKIP("no O_TMPFILE here");
	T_NE(fd, -1);
	T_EQ(write(fd, "data", 4), 4);
	T_EQ(pread(fd, buf, 8, 0), 4);
	T_OK(fstat(fd, &st));
	T_EQ(st.st_nlink, 0);
	T_EQ(st.st_mode, S_IFREG | 0640);
	T_ERR(open(".", O_TMPFILE | O_RDONLY, 0640), EINVAL);
	return 0;
}
