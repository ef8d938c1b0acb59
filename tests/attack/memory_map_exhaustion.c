/*
 * Row 47: a process that maps all it can stops with ENOMEM or dies, and others
 * go on
 */
#include "a.h"

static void attack(void *arg)
{
	long n = 0;

	while (mmap(NULL, A_PAGE * 2, n % 2 ? PROT_READ : PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED &&
	       n < 100000)
		n++;
	_exit(arg != NULL);
}

int main(void)
{
	a_try_for(3000, attack, NULL);
	a_survives();
	return 0;
}
