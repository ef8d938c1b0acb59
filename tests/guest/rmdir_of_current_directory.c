/* the working directory may be removed; then it is a place where nothing is */
#include "t.h"

int main(void)
{
	char buf[PATH_MAX];

	T_OK(mkdir("d", 0755));
	T_OK(chdir("d"));
	T_OK(rmdir("../d"));
	T_ERR(syscall(SYS_getcwd, buf, sizeof(buf)), ENOENT);
	T_ERR(open("f", O_WRONLY | O_CREAT, 0644), ENOENT);
	T_ERR(mkdir("e", 0755), ENOENT);
	T_OK(chdir(".."));
	T_OK(syscall(SYS_getcwd, buf, sizeof(buf)));
	return 0;
}
