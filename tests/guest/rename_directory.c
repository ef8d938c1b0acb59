/*
 * rename(2) of directories: over an empty one, not over a full one, not into
 * itself
 */
#include "t.h"

int main(void)
{
	T_OK(mkdir("a", 0755));
	t_write_file("a/f", "x");
	T_OK(mkdir("b", 0755));
	T_OK(rename("a", "b"));
	T_OK(access("b/f", F_OK));
	T_OK(mkdir("c", 0755));
	T_ERR(rename("c", "b"), ENOTEMPTY);
	T_ERR(rename("b", "b/sub"), EINVAL);
	T_OK(mkdir("b/deep", 0755));
	T_ERR(rename("b", "b/deep/x"), EINVAL);
	T_ERR(rename("b/deep", "b"), ENOTEMPTY);
	T_OK(rename("b/deep", "deep"));
	T_OK(rename("deep/", "deeper/"));
	T_OK(access("deeper", F_OK));
	return 0;
}
