/* RENAME_NOREPLACE fails with EEXIST when the new name is taken */
#include "t.h"

int main(void)
{
	t_write_file("a", "a");
	t_write_file("b", "b");
	if (renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE) == -1 && errno == EINVAL)
		T_SKIP("no RENAME_NOREPLACE here");
	T_ERR(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE), EEXIST);
	T_OK(renameat2(AT_FDCWD, "a", AT_FDCWD, "c", RENAME_NOREPLACE));
	T_OK(access("c", F_OK));
	return 0;
}
