/* waiting for any child gives each of them once */
#include "t.h"

int main(void)
{
	pid_t pid[10], got;
	int i, k, status;

	for (i = 0; i < 10; i++) {
		pid[i] = T_OK(fork());
		if (pid[i] == 0)
			_exit(i);
	}
	for (i = 0; i < 10; i++) {
		got = T_OK(wait(&status));
		for (k = 0; k < 10 && pid[k] != got; k++)
			;
		T_LT(k, 10);
		T_EQ(WEXITSTATUS(status), k);
		pid[k] = -1;
	}
	T_ERR(wait(NULL), ECHILD);
	return 0;
}
