/*
 * scripts: missing interpreter, empty line, an interpreter that is a script, a
 * loop
 */
#include "t.h"

int main(void)
{
	char *args[] = {(char *)"x", NULL};
	char buf[64];

	t_write_file("a", "#!/absent/interpreter\n");
	t_write_file("b", "#!\n");
	t_write_file("loop", "#!./loop\n");
	t_write_file("dir", "#!/\n");
	T_OK(chmod("a", 0755));
	T_OK(chmod("b", 0755));
	T_OK(chmod("loop", 0755));
	T_OK(chmod("dir", 0755));
	snprintf(buf, sizeof(buf), "./loop");
	T_ERR(execv("./a", args), ENOENT);
	T_ERR(execv("./b", args), ENOEXEC);
	T_ERR(execv(buf, args), ELOOP);
	T_ERR(execv("./dir", args), EACCES);
	return 0;
}
