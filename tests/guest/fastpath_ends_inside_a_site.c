/* threads that end, are cancelled, fork, vfork and execute from calls that are made often */
#include "t.h"

#define ROUNDS 12

static int never[2];

static void *blocked(void *arg)
{
	char c;

	read(never[0], &c, 1);
	return arg;
}

static void *leaves(void *arg)
{
	(void)arg;
	syscall(SYS_exit, 0);
	return NULL;
}

static void threads(void)
{
	pthread_t t;
	void *ret;

	T_EQ(pthread_create(&t, NULL, blocked, NULL), 0);
	sched_yield();
	T_EQ(pthread_cancel(t), 0);
	T_EQ(pthread_join(t, &ret), 0);
	T_TRUE(ret == PTHREAD_CANCELED);
	T_EQ(pthread_create(&t, NULL, leaves, NULL), 0);
	T_EQ(pthread_join(t, NULL), 0);
}

/* All three through syscall(2), the same place in the program. */
static void processes(char *self)
{
	char *args[] = {self, (char *)"child", NULL};
	pid_t pid = (pid_t)T_OK(syscall(SYS_fork));

	if (pid == 0) {
		for (int i = 0; i < 5; i++)
			T_EQ(syscall(SYS_getpid), getpid());
		syscall(SYS_exit_group, 7);
	}
	T_EXITED(pid, 7);
	pid = (pid_t)T_OK(syscall(SYS_fork));
	if (pid == 0) {
		syscall(SYS_execve, "/proc/self/exe", args, environ);
		_exit(1);
	}
	T_EXITED(pid, 9);
	pid = vfork();
	if (pid == 0) {
		for (int i = 0; i < 5; i++)
			if (syscall(SYS_getpid) != getpid())
				_exit(1);
		execve("/proc/self/exe", args, environ);
		_exit(1);
	}
	T_OK(pid);
	T_EXITED(pid, 9);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return 9;
	T_OK(pipe(never));
	for (int i = 0; i < ROUNDS; i++) {
		threads();
		processes(argv[0]);
	}
	return 0;
}
