/* a directory links to its parent through ".." */
#include "t.h"

int main(void)
{
	struct stat parent, up;

	T_OK(mkdir("d", 0755));
	T_OK(stat(".", &parent));
	T_OK(stat("d/..", &up));
	T_EQ(up.st_ino, parent.st_ino);
	T_OK(stat("d/.", &up));
	T_NE(up.st_ino, parent.st_ino);
	return 0;
}
