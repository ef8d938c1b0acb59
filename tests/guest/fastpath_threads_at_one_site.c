/* threads that make calls from one place get them all right, however that place is laid out */
#include "site.h"

#define THREADS 4
#define CALLS   60
#define STEP    40

static unsigned char *page;
static unsigned nr_at;
static pid_t parent;
static pthread_barrier_t start;

static void *run(void *arg)
{
	for (unsigned k = 0; k < nr_at; k++) {
		pthread_barrier_wait(&start);
		for (int i = 0; i < CALLS; i++)
			T_EQ(site_call(page + k * STEP + k % 8), parent);
	}
	return arg;
}

int main(void)
{
	pthread_t t[THREADS];

	parent = getppid();
	page = site_page();
	for (; nr_at < NR_SITES * 8; nr_at++)
		site_put(page + nr_at * STEP + nr_at % 8, &sites[nr_at / 8]);
	site_seal(page);
	pthread_barrier_init(&start, NULL, THREADS);
	for (int i = 0; i < THREADS; i++)
		T_EQ(pthread_create(&t[i], NULL, run, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		T_EQ(pthread_join(t[i], NULL), 0);
	return 0;
}
