/*
 * execve(2) with a few thousand arguments, and E2BIG for one that is too long
 */
#include "t.h"

int main(int argc, char **argv)
{
	static char *args[5002];
	static char big[200000];
	int i;

	if (argc > 1) {
		T_EQ(argc, 5001);
		for (i = 1; i < argc; i++)
			T_EQ(strlen(argv[i]), 20);
		return 0;
	}
	args[0] = argv[0];
	memset(big, 'x', sizeof(big) - 1);
	args[1] = big;
	T_ERR(execve(argv[0], args, NULL), E2BIG);
	for (i = 1; i <= 5000; i++)
		args[i] = (char *)"12345678901234567890";
	execve(argv[0], args, NULL);
	t_die("execve: %s", t_errname(errno));
}
