/* chdir(2), fchdir(2) and getcwd(2) agree, through links too */
#include "t.h"

int main(void)
{
	char start[PATH_MAX - 16], buf[PATH_MAX], want[PATH_MAX];
	int fd;

	T_TRUE(getcwd(start, sizeof(start)) != NULL);
	T_OK(mkdir("d", 0755));
	T_OK(symlink("d", "l"));
	T_OK(chdir("l"));
	T_TRUE(getcwd(buf, sizeof(buf)) != NULL);
	snprintf(want, sizeof(want), "%s/d", start);
	T_STR(buf, want);
	fd = T_OK(open("..", O_RDONLY));
	T_OK(fchdir(fd));
	T_TRUE(getcwd(buf, sizeof(buf)) != NULL);
	T_STR(buf, start);
	T_OK(chdir("/"));
	T_TRUE(getcwd(buf, sizeof(buf)) != NULL);
	T_STR(buf, "/");
	return 0;
}
