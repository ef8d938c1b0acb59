/* threads of one process hand bytes round a ring of pipes */
#include "t.h"

#define N      6
#define ROUNDS 300
static int p[N][2];

static void *run(void *arg)
{
	int me = *(int *)arg, i;
	unsigned v;

	for (i = 0; i < ROUNDS; i++) {
		T_EQ(read(p[me][0], &v, 4), 4);
		v++;
		T_EQ(write(p[(me + 1) % N][1], &v, 4), 4);
	}
	return NULL;
}

int main(void)
{
	pthread_t t[N];
	int id[N], i;
	unsigned v = 0;

	for (i = 0; i < N; i++) {
		id[i] = i;
		T_OK(pipe(p[i]));
	}
	for (i = 0; i < N; i++)
		T_EQ(pthread_create(&t[i], NULL, run, &id[i]), 0);
	T_EQ(write(p[0][1], &v, 4), 4);
	for (i = 0; i < N; i++)
		T_EQ(pthread_join(t[i], NULL), 0);
	T_EQ(read(p[0][0], &v, 4), 4);
	T_EQ(v, N * ROUNDS);
	return 0;
}
