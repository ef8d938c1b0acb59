/*
 * Row 24: the working directory is inside the root from the first moment, and
 * there is no way up from it
 */
#include "a.h"

int main(void)
{
	char buf[PATH_MAX];
	struct stat root, here;
	int i;

	T_TRUE(syscall(SYS_getcwd, buf, sizeof(buf)) > 0);
	T_EQ(buf[0], '/');
	T_OK(stat("/", &root));
	for (i = 0; i < 40; i++)
		T_OK(chdir(".."));
	T_OK(stat(".", &here));
	T_EQ(here.st_ino, root.st_ino);
	T_EQ(here.st_dev, root.st_dev);
	a_not_secret("outside/secret");
	T_OK(access("etc/marker", F_OK));
	return 0;
}
