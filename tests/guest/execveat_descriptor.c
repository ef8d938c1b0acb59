/*
 * execveat(2) of a descriptor with an empty path, of a name below a directory,
 * O_PATH too
 */
#include "t.h"

int main(int argc, char **argv)
{
	char *args[] = {(char *)"name", (char *)"again", NULL};
	int fd, dir;
	pid_t pid;
	char copy[PATH_MAX], *slash;

	if (argc > 1)
		return 5;
	fd = T_OK(open(argv[0], O_PATH | O_CLOEXEC));
	pid = T_OK(fork());
	if (pid == 0) {
		syscall(SYS_execveat, fd, "", args, NULL, AT_EMPTY_PATH);
		_exit(1);
	}
	T_EXITED(pid, 5);
	strcpy(copy, argv[0]);
	slash = strrchr(copy, '/');
	T_TRUE(slash != NULL);
	*slash = '\0';
	dir = T_OK(open(copy, O_RDONLY | O_DIRECTORY));
	pid = T_OK(fork());
	if (pid == 0) {
		syscall(SYS_execveat, dir, slash + 1, args, NULL, 0);
		_exit(1);
	}
	T_EXITED(pid, 5);
	T_OK(symlink(argv[0], "l"));
	T_ERR(syscall(SYS_execveat, AT_FDCWD, "l", args, NULL, AT_SYMLINK_NOFOLLOW), ELOOP);
	T_ERR(syscall(SYS_execveat, AT_FDCWD, "l", args, NULL, 0x8000), EINVAL);
	T_ERR(syscall(SYS_execveat, -1, "x", args, NULL, 0), EBADF);
	T_ERR(syscall(SYS_execveat, fd, "", args, NULL, 0), ENOENT);
	return 0;
}
