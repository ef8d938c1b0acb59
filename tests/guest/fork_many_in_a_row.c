/* two hundred children one after the other */
#include "t.h"

int main(void)
{
	int i;

	for (i = 0; i < 200; i++) {
		pid_t pid = T_OK(fork());
		if (pid == 0)
			_exit(i);
		T_EXITED(pid, i);
	}
	T_ERR(wait(NULL), ECHILD);
	return 0;
}
