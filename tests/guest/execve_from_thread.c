/* execve(2) in a second thread ends the others; the process keeps its number */
#include "t.h"

static char **arguments;

static void *run(void *arg)
{
	execv(arguments[0], arguments);
	t_die("execv: %s", t_errname(errno));
	return arg;
}

static void *spin(void *arg)
{
	for (;;)
		sched_yield();
	return arg;
}

int main(int argc, char **argv)
{
	char pid[16], *args[] = {argv[0], pid, NULL};
	pthread_t t;

	snprintf(pid, sizeof(pid), "%d", getpid());
	if (argc > 1) {
		T_STR(argv[1], pid);
		T_EQ(t_gettid(), getpid());
		return 0;
	}
	arguments = args;
	T_EQ(pthread_create(&t, NULL, spin, NULL), 0);
	T_EQ(pthread_create(&t, NULL, run, NULL), 0);
	pause();
	return 1;
}
