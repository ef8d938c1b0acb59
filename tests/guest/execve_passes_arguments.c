/* execve(2) passes the arguments and the environment as they are */
#include "t.h"

int main(int argc, char **argv)
{
	char *args[] = {argv[0], (char *)"", (char *)"two words", (char *)"\x80\xff", NULL};
	char *env[] = {(char *)"A=1", (char *)"EMPTY=", (char *)"noequals", NULL};
	extern char **environ;

	if (argc == 1) {
		execve(argv[0], args, env);
		t_die("execve: %s", t_errname(errno));
	}
	T_EQ(argc, 4);
	T_STR(argv[1], "");
	T_STR(argv[2], "two words");
	T_STR(argv[3], "\x80\xff");
	T_STR(environ[0], "A=1");
	T_STR(environ[1], "EMPTY=");
	T_STR(environ[2], "noequals");
	T_TRUE(environ[3] == NULL);
	return 0;
}
