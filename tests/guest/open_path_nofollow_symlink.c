/*
 * O_PATH|O_NOFOLLOW opens the link itself; readlinkat with an empty name reads
 * it
 */
#include "t.h"

int main(void)
{
	char buf[32];
	struct stat st;
	int fd;

	T_OK(symlink("target", "l"));
	fd = T_OK(open("l", O_PATH | O_NOFOLLOW));
	T_OK(fstat(fd, &st));
	T_TRUE(S_ISLNK(st.st_mode));
	T_EQ(readlinkat(fd, "", buf, sizeof(buf)), 6);
	T_MEM(buf, "target", 6);
	return 0;
}
