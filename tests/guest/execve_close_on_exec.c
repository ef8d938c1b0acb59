/* execve(2) closes what is marked and keeps the rest at its position */
#include "t.h"

int main(int argc, char **argv)
{
	char *args[] = {argv[0], (char *)"again", NULL};
	int fd;

	if (argc > 1) {
		T_ERR(fcntl(40, F_GETFD), EBADF);
		T_EQ(fcntl(41, F_GETFD), 0);
		T_EQ(lseek(41, 0, SEEK_CUR), 3);
		return 0;
	}
	t_write_file("f", "0123456789");
	fd = T_OK(open("f", O_RDONLY | O_CLOEXEC));
	T_OK(lseek(fd, 3, SEEK_SET));
	T_OK(dup3(fd, 40, O_CLOEXEC));
	T_OK(dup2(fd, 41));
	execv(argv[0], args);
	t_die("execv: %s", t_errname(errno));
}
