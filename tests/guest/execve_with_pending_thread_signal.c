/*
 * a signal pending for the thread that executes is still there afterwards;
 * timers are gone
 */
#include <sys/time.h>

#include "t.h"

int main(int argc, char **argv)
{
	char *args[] = {argv[0], (char *)"again", NULL};
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2};
	struct itimerspec it = {{0, 0}, {0, 20000000}};
	struct timespec some = {0, 40000000};
	timer_t timer;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	if (argc > 1) {
		T_EQ(sigtimedwait(&set, NULL, &some), SIGUSR1);
		T_ERR(sigtimedwait(&set, NULL, &some), EAGAIN);
		return 0;
	}
	T_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	T_OK(syscall(SYS_tgkill, getpid(), t_gettid(), SIGUSR1));
	T_OK(timer_create(CLOCK_MONOTONIC, &ev, &timer));
	T_OK(timer_settime(timer, 0, &it, NULL));
	execv(argv[0], args);
	t_die("execv: %s", t_errname(errno));
}
