/* mprotect(2): crooked address, a hole, unknown bits */
#include "t.h"

int main(void)
{
	char *m = T_OK(mmap(NULL, 3 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	T_OK(munmap(m + 4096, 4096));
	T_ERR(mprotect(m, 3 * 4096, PROT_READ | PROT_WRITE), ENOMEM);
	T_ERR(mprotect(m + 1, 4096, PROT_READ), EINVAL);
	T_ERR(mprotect(m, 4096, 0x40), EINVAL);
	T_OK(mprotect(m, 0, PROT_READ));
	T_ERR(mprotect(m, 4096, PROT_READ | PROT_GROWSDOWN), EINVAL);
	return 0;
}
