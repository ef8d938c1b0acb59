/* fchmodat2(2): AT_EMPTY_PATH and unknown flags */
#include "t.h"

int main(void)
{
	struct stat st;
	int fd;

	t_write_file("f", "x");
	fd = T_OK(open("f", O_PATH));
	if (syscall(452, AT_FDCWD, "f", 0600, 0) == -1 && errno == ENOSYS)
		T_SKIP("no fchmodat2");
	T_OK(syscall(452, fd, "", 0640, AT_EMPTY_PATH));
	T_OK(stat("f", &st));
	T_EQ(st.st_mode & 07777, 0640);
	T_ERR(syscall(452, AT_FDCWD, "f", 0640, 1), EINVAL);
	return 0;
}
