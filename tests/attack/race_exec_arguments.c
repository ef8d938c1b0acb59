/*
 * Row 1: the argument vector changes while execve copies it: it runs, or
 * fails, or its process dies
 */
#include "a.h"

static char *volatile args[64];
static volatile int stop;

static void *rewrite(void *arg)
{
	while (!stop) {
		args[5] = (char *)STUB_BASE;
		args[5] = (char *)"short";
		args[6] = NULL;
		args[5] = (char *)(uintptr_t)0xffff800000001000;
		args[6] = (char *)"more";
		args[5] = t_badptr();
	}
	return arg;
}

static void attack(void *self)
{
	pthread_t t;
	int i;

	for (i = 0; i < 40; i++)
		args[i] = (char *)"argument";
	args[0] = self;
	args[1] = (char *)"child";
	T_EQ(pthread_create(&t, NULL, rewrite, NULL), 0);
	for (i = 0; i < 50; i++)
		execve(self, (char **)(uintptr_t)args, NULL);
	_exit(0);
}

int main(int argc, char **argv)
{
	int i;

	if (argc > 1) {
		for (i = 0; i < argc; i++)
			if (strlen(argv[i]) > 1000)
				return 1;
		return 0;
	}
	for (i = 0; i < 20; i++)
		a_try_for(1000, attack, argv[0]);
	a_survives();
	return 0;
}
