/* a directory that moved has its new parent behind ".." */
#include "t.h"

int main(void)
{
	char buf[PATH_MAX], want[PATH_MAX];
	struct stat a, b;

	T_OK(mkdir("a", 0755));
	T_OK(mkdir("b", 0755));
	T_OK(mkdir("a/d", 0755));
	T_OK(chdir("b"));
	T_TRUE(getcwd(want, sizeof(want) - 2) != NULL);
	T_OK(chdir("../a/d"));
	T_OK(rename("../../a/d", "../../b/d"));
	T_TRUE(getcwd(buf, sizeof(buf)) != NULL);
	strcat(want, "/d");
	T_STR(buf, want);
	T_OK(stat("..", &a));
	T_OK(stat("../../b", &b));
	T_EQ(a.st_ino, b.st_ino);
	return 0;
}
