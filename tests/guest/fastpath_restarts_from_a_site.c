/* a read that a handler interrupts is restarted, or not, as its flags say, time and again */
#include "t.h"

static int fd[2];

static void on_alarm(int sig)
{
	(void)sig;
	T_EQ(write(fd[1], "x", 1), 1);
}

static void once(bool restart)
{
	struct itimerval it = {{0, 0}, {0, 2000}};
	struct sigaction sa = {.sa_handler = on_alarm, .sa_flags = restart ? SA_RESTART : 0};
	long n;
	char c;

	T_OK(sigaction(SIGALRM, &sa, NULL));
	T_OK(setitimer(ITIMER_REAL, &it, NULL));
	/* Once through glibc, whose wrapper knows its number, once through syscall(2). */
	n = read(fd[0], &c, 1);
	if (restart) {
		T_EQ(n, 1);
	} else {
		T_EQ(n, -1);
		T_EQ(errno, EINTR);
		T_EQ(read(fd[0], &c, 1), 1);
	}
	T_OK(setitimer(ITIMER_REAL, &it, NULL));
	n = syscall(SYS_read, fd[0], &c, 1L);
	if (restart) {
		T_EQ(n, 1);
	} else {
		T_EQ(n, -1);
		T_EQ(syscall(SYS_read, fd[0], &c, 1L), 1);
	}
}

int main(void)
{
	T_OK(pipe(fd));
	for (int i = 0; i < 20; i++)
		once(i % 2);
	return 0;
}
