/* shared anonymous memory is one for parent and child */
#include "t.h"

int main(void)
{
	volatile int *m =
		T_OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		m[0] = 1;
		m[1500] = 2;
		_exit(0);
	}
	t_reap(pid);
	T_EQ(m[0], 1);
	T_EQ(m[1500], 2);
	return 0;
}
