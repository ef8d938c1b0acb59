/* renameat2(2): contradictory and unknown flags */
#include "t.h"

int main(void)
{
	t_write_file("a", "x");
	T_ERR(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE | RENAME_EXCHANGE), EINVAL);
	T_ERR(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", 0x80), EINVAL);
	T_ERR(renameat2(-1, "a", AT_FDCWD, "b", 0), EBADF);
	T_ERR(renameat2(AT_FDCWD, "a", -1, "b", 0), EBADF);
	return 0;
}
