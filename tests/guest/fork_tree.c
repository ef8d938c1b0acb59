/* processes make processes: each level waits for its own */
#include "t.h"

static int grow(int depth)
{
	int i, sum = 1;
	pid_t pid[3];

	if (depth == 0)
		return 1;
	for (i = 0; i < 3; i++) {
		pid[i] = T_OK(fork());
		if (pid[i] == 0)
			_exit(grow(depth - 1));
	}
	for (i = 0; i < 3; i++) {
		int status = t_status(pid[i]);
		T_TRUE(WIFEXITED(status));
		sum += WEXITSTATUS(status);
	}
	return sum;
}

int main(void)
{
	T_EQ(grow(3), 40);
	return 0;
}
