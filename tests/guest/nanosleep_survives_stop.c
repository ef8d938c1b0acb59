/* a sleep goes on over stop and continue, for its whole time */
#include "t.h"

int main(void)
{
	struct timespec ts = {0, 60000000};
	int64_t start = t_now(CLOCK_MONOTONIC);
	int status;
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		T_OK(nanosleep(&ts, NULL));
		T_GE(t_now(CLOCK_MONOTONIC) - start, 60000000);
		_exit(0);
	}
	t_await_sleep(pid);
	T_OK(kill(pid, SIGSTOP));
	T_EQ(waitpid(pid, &status, WUNTRACED), pid);
	T_OK(kill(pid, SIGCONT));
	t_reap(pid);
	return 0;
}
