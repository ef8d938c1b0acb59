/*
 * Row 47: a process that opens all it may stops at its own limit and others go
 * on
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "a.h"

static void attack(void *arg)
{
	long n = 0;
	int p[2];

	while (pipe(p) == 0)
		n++;
	while (eventfd(0, 0) != -1)
		n++;
	_exit(arg == NULL && n < 10);
}

int main(void)
{
	int i;

	for (i = 0; i < 3; i++)
		a_try_for(3000, attack, NULL);
	a_survives();
	return 0;
}
