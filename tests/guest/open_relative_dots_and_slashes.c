/* "..", "." and doubled slashes in paths */
#include "t.h"

int main(void)
{
	T_OK(mkdir("d", 0755));
	T_OK(mkdir("d/e", 0755));
	t_write_file("f", "x");
	T_OK(open("d/../f", O_RDONLY));
	T_OK(open("d//e/.././../f", O_RDONLY));
	T_OK(open(".//f", O_RDONLY));
	T_OK(open("d/e/", O_RDONLY));
	T_OK(open("/../../..", O_RDONLY));
	T_ERR(open("absent/../f", O_RDONLY), ENOENT);
	return 0;
}
