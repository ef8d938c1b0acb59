/* RENAME_EXCHANGE swaps two names, even of different kinds */
#include "t.h"

int main(void)
{
	char buf[8];
	struct stat st;

	t_write_file("f", "x");
	T_OK(mkdir("d", 0755));
	if (renameat2(AT_FDCWD, "f", AT_FDCWD, "d", RENAME_EXCHANGE) == -1 && errno == EINVAL)
		T_SKIP("no RENAME_EXCHANGE here");
	T_OK(stat("f", &st));
	T_TRUE(S_ISDIR(st.st_mode));
	t_read_file("d", buf, sizeof(buf));
	T_STR(buf, "x");
	T_ERR(renameat2(AT_FDCWD, "f", AT_FDCWD, "absent", RENAME_EXCHANGE), ENOENT);
	return 0;
}
