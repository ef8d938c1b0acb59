/* a write shows at once in the size, through any descriptor and the path */
#include "t.h"

int main(void)
{
	struct stat st;
	int a, b;

	a = T_OK(open("f", O_WRONLY | O_CREAT, 0644));
	b = T_OK(open("f", O_RDONLY));
	T_EQ(pwrite(a, "xyz", 3, 4997), 3);
	T_OK(fstat(b, &st));
	T_EQ(st.st_size, 5000);
	T_OK(stat("f", &st));
	T_EQ(st.st_size, 5000);
	T_OK(ftruncate(a, 10));
	T_OK(stat("f", &st));
	T_EQ(st.st_size, 10);
	return 0;
}
