/* poll(2) asleep on many descriptors wakes when one becomes ready */
#include "t.h"

int main(void)
{
	struct pollfd pfd[50];
	int p[50][2], i;
	pid_t pid;

	for (i = 0; i < 50; i++) {
		T_OK(pipe(p[i]));
		pfd[i] = (struct pollfd){.fd = p[i][0], .events = POLLIN};
	}
	pid = T_OK(fork());
	if (pid == 0) {
		T_EQ(poll(pfd, 50, -1), 1);
		for (i = 0; i < 50; i++)
			T_EQ(pfd[i].revents, i == 37 ? POLLIN : 0);
		_exit(0);
	}
	t_await_sleep(pid);
	t_post(p[37][1]);
	t_reap(pid);
	return 0;
}
