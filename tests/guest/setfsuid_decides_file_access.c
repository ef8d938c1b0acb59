/* setfsuid(2) decides who opens files, and returns the old id always */
#include <sys/fsuid.h>

#include "t.h"

int main(void)
{
	pid_t pid;

	t_need_root();
	t_write_file("f", "x");
	T_OK(chmod("f", 0600));
	pid = T_OK(fork());
	if (pid == 0) {
		T_EQ(setfsuid(1000), 0);
		T_EQ(setfsuid((uid_t)-1), 1000);
		T_ERR(open("f", O_RDONLY), EACCES);
		T_EQ(setfsuid(0), 1000);
		T_OK(open("f", O_RDONLY));
		T_EQ(setfsgid(500), 0);
		T_EQ(setfsgid((gid_t)-1), 500);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
