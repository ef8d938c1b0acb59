/* execve(2) with no arguments at all: the program gets one empty one */
#include "t.h"

int main(int argc, char **argv)
{
	char *env[] = {(char *)"SECOND=1", NULL}, *none[] = {NULL};
	char path[PATH_MAX];

	if (getenv("SECOND")) {
		T_EQ(argc, 1);
		T_STR(argv[0], "");
		return 0;
	}
	strcpy(path, argv[0]);
	execve(path, none, env);
	t_die("execve: %s", t_errname(errno));
}
