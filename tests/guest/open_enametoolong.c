/* 255 bytes of name are allowed, 256 not; a path of PATH_MAX is too long */
#include "t.h"

int main(void)
{
	char name[PATH_MAX + 10];

	memset(name, 'n', sizeof(name));
	name[255] = '\0';
	T_OK(open(name, O_WRONLY | O_CREAT, 0644));
	name[255] = 'n';
	name[256] = '\0';
	T_ERR(open(name, O_WRONLY | O_CREAT, 0644), ENAMETOOLONG);
	memset(name, '/', sizeof(name));
	name[PATH_MAX] = '\0';
	T_ERR(open(name, O_RDONLY), ENAMETOOLONG);
	name[PATH_MAX - 1] = '\0';
	T_OK(open(name, O_RDONLY));
	return 0;
}
