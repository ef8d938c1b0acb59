/*
 * SIGKILL ends processes wherever they are: computing, in pipes, in futexes,
 * in forks
 */
#include "t.h"

int main(void)
{
	int i;

	for (i = 0; i < 24; i++) {
		int p[2], q[2];
		pid_t pid;
		volatile long n = 0;

		T_OK(pipe(p));
		T_OK(pipe(q));
		pid = T_OK(fork());
		if (pid == 0) {
			char c;
			t_post(p[1]);
			if (i % 4 == 0)
				for (;;)
					n++;
			if (i % 4 == 1)
				T_EQ(read(q[0], &c, 1), 1);
			if (i % 4 == 2)
				for (;;) {
					pid_t child = fork();
					if (child == 0)
						_exit(0);
					waitpid(child, NULL, 0);
				}
			for (;;)
				sched_yield();
		}
		t_take(p[0]);
		T_OK(kill(pid, SIGKILL));
		T_SIGNALED(pid, SIGKILL);
		T_OK(close(p[0]));
		T_OK(close(p[1]));
		T_OK(close(q[0]));
		T_OK(close(q[1]));
	}
	return 0;
}
