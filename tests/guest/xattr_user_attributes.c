/* user.* attributes: set, get, list, replace, create, remove */
#include <sys/xattr.h>

#include "t.h"

int main(void)
{
	char buf[64];

	t_write_file("f", "x");
	if (setxattr("f", "user.a", "one", 3, 0) == -1 && errno == ENOTSUP)
		T_SKIP("no user attributes here");
	T_EQ(getxattr("f", "user.a", buf, sizeof(buf)), 3);
	T_MEM(buf, "one", 3);
	T_EQ(getxattr("f", "user.a", NULL, 0), 3);
	T_ERR(getxattr("f", "user.a", buf, 2), ERANGE);
	T_ERR(setxattr("f", "user.a", "x", 1, XATTR_CREATE), EEXIST);
	T_ERR(setxattr("f", "user.b", "x", 1, XATTR_REPLACE), ENODATA);
	T_OK(setxattr("f", "user.a", "second", 6, XATTR_REPLACE));
	T_OK(setxattr("f", "user.b", "", 0, 0));
	T_EQ(getxattr("f", "user.b", buf, sizeof(buf)), 0);
	T_EQ(listxattr("f", NULL, 0), 14);
	T_EQ(listxattr("f", buf, sizeof(buf)), 14);
	T_ERR(listxattr("f", buf, 5), ERANGE);
	T_OK(removexattr("f", "user.a"));
	T_ERR(removexattr("f", "user.a"), ENODATA);
	T_ERR(getxattr("f", "user.a", buf, sizeof(buf)), ENODATA);
	return 0;
}
