/* RLIMIT_AS bounds mmap, brk and mremap with ENOMEM */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	struct rlimit r = {64 << 20, 64 << 20};
	void *m;

	T_OK(setrlimit(RLIMIT_AS, &r));
	m = T_OK(mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	T_ERR(mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	      ENOMEM);
	T_ERR(mremap(m, 16 << 20, 100 << 20, MREMAP_MAYMOVE), ENOMEM);
	T_ERR(sbrk(80 << 20), ENOMEM);
	return 0;
}
