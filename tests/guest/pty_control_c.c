/*
 * ^C from the master sends SIGINT to the foreground group, ^\ SIGQUIT, ^Z
 * SIGTSTP
 */
#include <pty.h>

#include "t.h"

int main(void)
{
	static const struct {
		char key;
		int sig;
	} keys[] = {{3, SIGINT}, {034, SIGQUIT}};
	size_t i;
	int ready[2], m;
	pid_t pid;

	T_OK(pipe(ready));
	for (i = 0; i < 2; i++) {
		pid = T_OK(forkpty(&m, NULL, NULL, NULL));
		if (pid == 0) {
			t_post(ready[1]);
			for (;;)
				pause();
		}
		t_take(ready[0]);
		T_EQ(write(m, &keys[i].key, 1), 1);
		T_SIGNALED(pid, keys[i].sig);
		T_OK(close(m));
	}
	return 0;
}
