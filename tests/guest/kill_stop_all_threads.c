/* a stop stops every thread of a process, and SIGCONT lets them all go on */
#include "t.h"

static void *spin(void *arg)
{
	volatile long *n = arg;

	for (;;) {
		(*n)++;
		sched_yield();
	}
	return NULL;
}

int main(void)
{
	volatile long *shared =
		T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	long a, b;
	int status;
	pthread_t t;
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		T_EQ(pthread_create(&t, NULL, spin, (void *)&shared[0]), 0);
		spin((void *)&shared[1]);
	}
	while (shared[0] == 0 || shared[1] == 0)
		sched_yield();
	T_OK(kill(pid, SIGSTOP));
	T_EQ(waitpid(pid, &status, WUNTRACED), pid);
	a = shared[0];
	b = shared[1];
	usleep(20000);
	T_EQ(shared[0], a);
	T_EQ(shared[1], b);
	T_OK(kill(pid, SIGCONT));
	while (shared[0] == a || shared[1] == b)
		sched_yield();
	T_OK(kill(pid, SIGKILL));
	T_SIGNALED(pid, SIGKILL);
	return 0;
}
