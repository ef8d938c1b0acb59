/* when a parent ends, its child gets another one */
#include "t.h"

int main(void)
{
	int p[2], q[2];
	pid_t pid, old;
	char c;

	T_OK(pipe(p));
	T_OK(pipe(q));
	pid = T_OK(fork());
	if (pid == 0) {
		old = getpid();
		if (T_OK(fork()) == 0) {
			t_post(q[1]);
			while (getppid() == old)
				usleep(500);
			t_post(p[1]);
			_exit(0);
		}
		t_take(q[0]);
		_exit(0);
	}
	t_reap(pid);
	T_OK(close(p[1]));
	T_EQ(read(p[0], &c, 1), 1);
	return 0;
}
