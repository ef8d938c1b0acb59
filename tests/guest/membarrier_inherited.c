/* membarrier(2): who has registered, his children have too; a program that is executed has not. */
#include <linux/membarrier.h>
#include <pthread.h>
#include <sys/wait.h>

#include "t.h"

static long membarrier(int cmd)
{
	return syscall(SYS_membarrier, cmd, 0, 0);
}

static void *other(void *barrier)
{
	pthread_barrier_wait(barrier);
	pthread_barrier_wait(barrier);
	return NULL;
}

/* With a thread about, whatever the sentry has done for its own purposes by then. */
static void not_registered(void)
{
	pthread_barrier_t barrier;
	pthread_t thread;

	pthread_barrier_init(&barrier, NULL, 2);
	T_TRUE(!pthread_create(&thread, NULL, other, &barrier));
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < 100; i++)
		(void)getppid();
	T_ERR(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED), EPERM);
	T_ERR(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE), EPERM);
	pthread_barrier_wait(&barrier);
	pthread_join(thread, NULL);
}

static void in_child(void)
{
	int status;
	pid_t child = fork();

	T_OK(child);
	if (!child) {
		T_OK(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED));
		T_OK(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE));
		_exit(0);
	}
	T_EQ(waitpid(child, &status, 0), child);
	T_EQ(status, 0);
}

int main(int argc, char **argv)
{
	long known = membarrier(MEMBARRIER_CMD_QUERY);

	if (known < 0 || !(known & MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE))
		T_SKIP("no such barriers here");
	not_registered();
	if (argc > 1)
		return 0;
	T_OK(membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED));
	T_OK(membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE));
	in_child();
	T_OK(execl("/proc/self/exe", argv[0], "again", NULL));
	return 1;
}
