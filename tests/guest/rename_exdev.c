/* rename(2) and link(2) do not cross file systems */
#include "t.h"

int main(void)
{
	t_write_file("f", "x");
	T_ERR(rename("f", "/proc/bailey-test"), EXDEV);
	T_ERR(link("/proc/version", "g"), EXDEV);
	return 0;
}
