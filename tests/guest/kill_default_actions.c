/* what each signal does by default to a process that does nothing about it */
#include "t.h"

int main(void)
{
	static const int ends[] = {
		SIGHUP,    SIGINT,    SIGKILL, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGPROF,
		SIGVTALRM, SIGSTKFLT, SIGIO,   SIGPWR,  SIGQUIT, SIGILL,  SIGABRT, SIGFPE,  SIGSEGV,
		SIGBUS,    SIGSYS,    SIGTRAP, SIGXCPU, SIGXFSZ, 34,      64};
	static const int nothing[] = {SIGCHLD, SIGURG, SIGWINCH, SIGCONT};
	size_t i;
	pid_t pid;

	for (i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		pid = T_OK(fork());
		if (pid == 0)
			for (;;)
				pause();
		T_OK(kill(pid, ends[i]));
		T_SIGNALED(pid, ends[i]);
	}
	pid = T_OK(fork());
	if (pid == 0) {
		for (i = 0; i < sizeof(nothing) / sizeof(*nothing); i++)
			T_OK(kill(getpid(), nothing[i]));
		_exit(5);
	}
	T_EXITED(pid, 5);
	return 0;
}
