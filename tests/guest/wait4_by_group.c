/* waiting for a process group, by 0 or by its number */
#include "t.h"

int main(void)
{
	int status;
	pid_t a, b;

	a = T_OK(fork());
	if (a == 0) {
		T_OK(setpgid(0, 0));
		_exit(1);
	}
	setpgid(a, a);
	b = T_OK(fork());
	if (b == 0)
		_exit(2);
	T_EQ(waitpid(0, &status, 0), b);
	T_ERR(waitpid(0, &status, 0), ECHILD);
	T_EQ(waitpid(-a, &status, 0), a);
	T_ERR(waitpid(-a, &status, 0), ECHILD);
	return 0;
}
