/*
 * a process with many touched pages and mappings forks, and the child has them
 * all
 */
#include "t.h"

int main(void)
{
	size_t pages = 2000, i;
	char *mem = T_OK(mmap(NULL, pages * 4096, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	pid_t pid;

	for (i = 0; i < pages; i++)
		mem[i * 4096] = (char)i;
	for (i = 0; i < 100; i++)
		T_OK(mprotect(mem + i * 2 * 4096, 4096, PROT_READ));
	pid = T_OK(fork());
	if (pid == 0) {
		for (i = 0; i < pages; i++)
			T_EQ(mem[i * 4096], (char)i);
		mem[4096] = 77;
		_exit(0);
	}
	t_reap(pid);
	T_EQ(mem[4096], 1);
	return 0;
}
