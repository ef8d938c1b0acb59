/*
 * an ordinary user cannot open what the mode forbids, nor pass a directory
 * without x
 */
#include "t.h"

int main(void)
{
	pid_t pid;

	t_write_file("f", "x");
	T_OK(mkdir("d", 0755));
	t_write_file("d/f", "x");
	T_OK(chmod("d/f", 0666));
	T_OK(chmod("f", 0));
	T_OK(chmod("d", 0));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(open("f", O_RDONLY), EACCES);
		T_ERR(open("f", O_WRONLY), EACCES);
		T_ERR(open("d/f", O_RDONLY), EACCES);
		T_ERR(open("d/absent", O_RDONLY), EACCES);
		T_ERR(open("d", O_RDONLY), EACCES);
		_exit(0);
	}
	t_reap(pid);
	T_OK(chmod("d", 0755));
	return 0;
}
