/* a ring of links, and a chain of more than forty, are ELOOP; forty pass */
#include "t.h"

int main(void)
{
	char name[16], target[16];
	int i;

	T_OK(symlink("b", "a"));
	T_OK(symlink("a", "b"));
	T_ERR(open("a", O_RDONLY), ELOOP);
	T_ERR(open("a/x", O_RDONLY), ELOOP);
	t_write_file("c0", "x");
	for (i = 1; i <= 41; i++) {
		snprintf(name, sizeof(name), "c%d", i);
		snprintf(target, sizeof(target), "c%d", i - 1);
		T_OK(symlink(target, name));
	}
	T_OK(open("c40", O_RDONLY));
	T_ERR(open("c41", O_RDONLY), ELOOP);
	return 0;
}
