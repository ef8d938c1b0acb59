/* MAP_FIXED_NOREPLACE fails with EEXIST where something is mapped */
#include "t.h"

int main(void)
{
	char *m = T_OK(mmap(NULL, 3 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	T_ERR(mmap(m + 4096, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		   0),
	      EEXIST);
	T_OK(munmap(m + 4096, 4096));
	T_TRUE(mmap(m + 4096, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
		    -1, 0) == m + 4096);
	return 0;
}
