/* mincore(2): touched memory is resident; holes are ENOMEM */
#include "t.h"

int main(void)
{
	char *m = T_OK(
		mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	unsigned char vec[4] = {0};

	m[0] = 1;
	m[2 * 4096] = 1;
	T_OK(mincore(m, 4 * 4096, vec));
	T_EQ(vec[0] & 1, 1);
	T_EQ(vec[2] & 1, 1);
	T_ERR(mincore(m + 1, 4096, vec), EINVAL);
	T_ERR(mincore(m, 4096, t_badptr()), EFAULT);
	T_OK(munmap(m + 4096, 4096));
	T_ERR(mincore(m, 4 * 4096, vec), ENOMEM);
	return 0;
}
