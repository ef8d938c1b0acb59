/* RLIMIT_DATA bounds private writable memory and the heap */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	struct rlimit r = {8 << 20, 8 << 20};

	T_OK(setrlimit(RLIMIT_DATA, &r));
	T_ERR(sbrk(16 << 20), ENOMEM);
	T_ERR(mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	      ENOMEM);
	T_OK(mmap(NULL, 16 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	return 0;
}
