/*
 * execve(2) of a #! script: the interpreter, its one argument, the script, the
 * arguments
 */
#include "t.h"

int main(int argc, char **argv)
{
	char text[PATH_MAX + 32], path[PATH_MAX];
	char *args[] = {(char *)"ignored", (char *)"A", (char *)"B C", NULL};

	if (argc > 1) {
		T_EQ(argc, 5);
		T_STR(argv[1], "-x y");
		T_STR(argv[2], "./script");
		T_STR(argv[3], "A");
		T_STR(argv[4], "B C");
		return 0;
	}
	T_TRUE(realpath(argv[0], path) != NULL);
	if (strlen(path) > 200)
		T_SKIP("path of this program is too long for a script");
	snprintf(text, sizeof(text), "#! %s  -x y \nrest", path);
	t_write_file("script", text);
	T_OK(chmod("script", 0755));
	execv("./script", args);
	t_die("execv: %s", t_errname(errno));
}
