/* a directory cannot be opened for writing nor created */
#include "t.h"

int main(void)
{
	T_OK(mkdir("d", 0755));
	T_ERR(open("d", O_WRONLY), EISDIR);
	T_ERR(open("d", O_RDWR), EISDIR);
	T_ERR(open("d", O_RDONLY | O_CREAT, 0644), EISDIR);
	T_ERR(open("new/", O_WRONLY | O_CREAT, 0644), EISDIR);
	T_ERR(open(".", O_WRONLY), EISDIR);
	return 0;
}
