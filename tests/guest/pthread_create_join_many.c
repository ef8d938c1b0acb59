/* many threads one after the other, and many at once */
#include "t.h"

static void *run(void *arg)
{
	return arg;
}

int main(void)
{
	pthread_t t[50];
	void *ret;
	long i;

	for (i = 0; i < 200; i++) {
		T_EQ(pthread_create(&t[0], NULL, run, (void *)i), 0);
		T_EQ(pthread_join(t[0], &ret), 0);
		T_EQ((long)ret, i);
	}
	for (i = 0; i < 50; i++)
		T_EQ(pthread_create(&t[i], NULL, run, (void *)i), 0);
	for (i = 0; i < 50; i++) {
		T_EQ(pthread_join(t[i], &ret), 0);
		T_EQ((long)ret, i);
	}
	return 0;
}
