/*
 * gettid(2) is the process id in the first thread and another number in others
 */
#include "t.h"

static void *run(void *arg)
{
	*(pid_t *)arg = t_gettid();
	T_EQ(syscall(SYS_getpid), *(pid_t *)arg == 0 ? -1 : getpid());
	return NULL;
}

int main(void)
{
	pid_t tid = 0;
	pthread_t t;

	T_EQ(t_gettid(), getpid());
	T_EQ(pthread_create(&t, NULL, run, &tid), 0);
	T_EQ(pthread_join(t, NULL), 0);
	T_NE(tid, getpid());
	T_GT(tid, 0);
	return 0;
}
