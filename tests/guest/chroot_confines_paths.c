/* chroot(2): absolute paths and ".." stay below the new root */
#include "t.h"

int main(void)
{
	char buf[PATH_MAX];

	t_need_root();
	T_OK(mkdir("jail", 0755));
	t_write_file("jail/f", "x");
	t_write_file("outside", "x");
	T_OK(symlink("/f", "jail/l"));
	T_OK(chroot("jail"));
	T_OK(chdir("/"));
	T_OK(access("/f", F_OK));
	T_OK(access("/l", F_OK));
	T_OK(access("/../../f", F_OK));
	T_ERR(access("../outside", F_OK), ENOENT);
	T_TRUE(getcwd(buf, sizeof(buf)) != NULL);
	T_STR(buf, "/");
	return 0;
}
