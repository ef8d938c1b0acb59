/*
 * a timer that fires all the time does not break reads, writes, forks and
 * opens with SA_RESTART
 */
#include "t.h"

static volatile int ticks;

static void on_tick(int sig)
{
	ticks += sig == SIGALRM;
}

int main(void)
{
	struct itimerval it = {{0, 300}, {0, 300}};
	char c = 'x';
	int p[2], i, fd;
	pid_t pid;

	t_on_signal(SIGALRM, on_tick, SA_RESTART);
	T_OK(pipe(p));
	T_OK(setitimer(ITIMER_REAL, &it, NULL));
	for (i = 0; i < 150; i++) {
		T_EQ(write(p[1], &c, 1), 1);
		T_EQ(read(p[0], &c, 1), 1);
		fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));
		T_EQ(write(fd, "data", 4), 4);
		T_OK(close(fd));
		if (i % 10 == 0) {
			pid = T_OK(fork());
			if (pid == 0)
				_exit(7);
			T_EXITED(pid, 7);
		}
	}
	while (ticks < 3)
		;
	return 0;
}
