/*
 * exit(2) of the first thread leaves the process running until the last thread
 * ends
 */
#include "t.h"

static pthread_t main_thread;

static void *survivor(void *arg)
{
	t_await_state(getpid(), "Z");
	syscall(SYS_exit_group, 5);
	return arg;
}

int main(void)
{
	pthread_t t;
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		main_thread = pthread_self();
		T_EQ(pthread_create(&t, NULL, survivor, NULL), 0);
		syscall(SYS_exit, 3);
	}
	T_EXITED(pid, 5);
	return 0;
}
