/*
 * a queue between threads with a condition variable delivers everything in
 * order
 */
#include "t.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t full = PTHREAD_COND_INITIALIZER, empty = PTHREAD_COND_INITIALIZER;
static int slot = -1;

static void *producer(void *arg)
{
	int i;

	for (i = 0; i < 1000; i++) {
		pthread_mutex_lock(&mutex);
		while (slot != -1)
			pthread_cond_wait(&empty, &mutex);
		slot = i;
		pthread_cond_signal(&full);
		pthread_mutex_unlock(&mutex);
	}
	return arg;
}

int main(void)
{
	pthread_t t;
	int i;

	T_EQ(pthread_create(&t, NULL, producer, NULL), 0);
	for (i = 0; i < 1000; i++) {
		pthread_mutex_lock(&mutex);
		while (slot == -1)
			pthread_cond_wait(&full, &mutex);
		T_EQ(slot, i);
		slot = -1;
		pthread_cond_signal(&empty);
		pthread_mutex_unlock(&mutex);
	}
	T_EQ(pthread_join(t, NULL), 0);
	return 0;
}
