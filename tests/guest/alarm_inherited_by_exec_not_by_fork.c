/* an interval timer goes on over execve and not over fork */
#include "t.h"

int main(int argc, char **argv)
{
	char *args[] = {argv[0], (char *)"again", NULL};
	struct itimerval it = {{0, 0}, {0, 30000}}, now;
	pid_t pid;

	if (argc > 1)
		for (;;)
			pause();
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(setitimer(ITIMER_REAL, &it, NULL));
		pid = T_OK(fork());
		if (pid == 0) {
			T_OK(getitimer(ITIMER_REAL, &now));
			_exit(now.it_value.tv_usec != 0);
		}
		t_reap(pid);
		execv(argv[0], args);
		_exit(9);
	}
	T_SIGNALED(pid, SIGALRM);
	return 0;
}
