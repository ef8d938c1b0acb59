/* two processes hand a byte back and forth a few thousand times */
#include "t.h"

int main(void)
{
	char c = 0;
	int a[2], b[2], i;
	pid_t pid;

	T_OK(pipe(a));
	T_OK(pipe(b));
	pid = T_OK(fork());
	if (pid == 0) {
		for (i = 0; i < 2000; i++) {
			T_EQ(read(a[0], &c, 1), 1);
			c++;
			T_EQ(write(b[1], &c, 1), 1);
		}
		_exit(0);
	}
	for (i = 0; i < 2000; i++) {
		T_EQ(write(a[1], &c, 1), 1);
		T_EQ(read(b[0], &c, 1), 1);
		T_EQ(c, (char)(i + 1));
	}
	t_reap(pid);
	return 0;
}
