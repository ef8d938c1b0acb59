/*
 * execve(2): nothing there, a directory, no x bit, not a program, bad
 * addresses
 */
#include "t.h"

int main(void)
{
	char *args[] = {(char *)"x", NULL};

	t_write_file("f", "not a program");
	T_OK(mkdir("d", 0755));
	T_ERR(execve("absent", args, NULL), ENOENT);
	T_ERR(execve("", args, NULL), ENOENT);
	T_ERR(execve("d", args, NULL), EACCES);
	T_ERR(execve("f", args, NULL), EACCES);
	T_ERR(execve("f/x", args, NULL), ENOTDIR);
	T_OK(chmod("f", 0755));
	T_ERR(execve("f", args, NULL), ENOEXEC);
	t_write_file("empty", "");
	T_OK(chmod("empty", 0755));
	T_ERR(execve("empty", args, NULL), ENOEXEC);
	T_OK(symlink("l", "l"));
	T_ERR(execve("l", args, NULL), ELOOP);
	T_ERR(execve(t_badptr(), args, NULL), EFAULT);
	T_ERR(execve("f", t_badptr(), NULL), EFAULT);
	return 0;
}
