/* thread-local variables of a dynamically linked program, in several threads */
#include "t.h"

static __thread int mine = 5;

static void *run(void *arg)
{
	T_EQ(mine, 5);
	mine = *(int *)arg;
	sched_yield();
	T_EQ(mine, *(int *)arg);
	return NULL;
}

int main(void)
{
	pthread_t t[8];
	int id[8], i;

	for (i = 0; i < 8; i++) {
		id[i] = i + 100;
		T_EQ(pthread_create(&t[i], NULL, run, &id[i]), 0);
	}
	for (i = 0; i < 8; i++)
		T_EQ(pthread_join(t[i], NULL), 0);
	T_EQ(mine, 5);
	return 0;
}
