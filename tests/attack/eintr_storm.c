/*
 * Row 7: a signal storm without SA_RESTART never makes a call that cannot
 * sleep fail with EINTR
 */
#include "a.h"

static volatile int ticks;

static void on_tick(int sig)
{
	ticks += sig == SIGALRM;
}

int main(void)
{
	struct itimerval it = {{0, 200}, {0, 200}}, off = {{0, 0}, {0, 0}};
	int i, fd, p[2];
	pid_t pid, got;
	void *m;

	t_on_signal(SIGALRM, on_tick, 0);
	T_OK(setitimer(ITIMER_REAL, &it, NULL));
	for (i = 0; i < 1500; i++) {
		fd = T_OK(open("/tmp", O_RDONLY));
		T_OK(dup2(fd, 50));
		T_OK(close(50));
		T_OK(close(fd));
		m = T_OK(mmap(NULL, A_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			      0));
		*(volatile char *)m = 1;
		T_OK(mprotect(m, A_PAGE, PROT_READ));
		T_OK(munmap(m, A_PAGE));
		T_OK(pipe(p));
		t_post(p[1]);
		t_take(p[0]);
		T_OK(close(p[0]));
		T_OK(close(p[1]));
		T_OK(getppid());
		if (i % 50 == 0) {
			pid = T_OK(fork());
			if (pid == 0)
				_exit(0);
			do
				got = waitpid(pid, NULL, 0);
			while (got == -1 && errno == EINTR);
			T_EQ(got, pid);
		}
	}
	T_OK(setitimer(ITIMER_REAL, &off, NULL));
	T_GT(ticks, 0);
	return 0;
}
