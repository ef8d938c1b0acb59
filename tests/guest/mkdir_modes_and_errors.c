/* mkdir(2): mode minus umask; EEXIST, ENOENT, ENOTDIR */
#include "t.h"

int main(void)
{
	struct stat st;

	umask(022);
	T_OK(mkdir("d", 0777));
	T_OK(stat("d", &st));
	T_EQ(st.st_mode, S_IFDIR | 0755);
	T_ERR(mkdir("d", 0755), EEXIST);
	T_ERR(mkdir(".", 0755), EEXIST);
	T_ERR(mkdir("/", 0755), EEXIST);
	T_ERR(mkdir("absent/d", 0755), ENOENT);
	T_ERR(mkdir("", 0755), ENOENT);
	t_write_file("f", "x");
	T_ERR(mkdir("f", 0755), EEXIST);
	T_ERR(mkdir("f/d", 0755), ENOTDIR);
	T_OK(symlink("absent", "l"));
	T_ERR(mkdir("l", 0755), EEXIST);
	T_OK(mkdir("slash/", 0755));
	T_ERR(mkdir(t_badptr(), 0755), EFAULT);
	return 0;
}
