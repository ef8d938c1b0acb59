/* threads map, protect and unmap at once, each in memory of its own */
#include "t.h"

static void *run(void *arg)
{
	int me = *(int *)arg, i;

	for (i = 0; i < 150; i++) {
		char *m = T_OK(mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
		memset(m, me, 4 * 4096);
		T_OK(mprotect(m + 4096, 4096, PROT_READ));
		T_EQ(m[0] + m[4096] + m[3 * 4096], 3 * me);
		T_OK(munmap(m, 2 * 4096));
		T_OK(munmap(m + 2 * 4096, 2 * 4096));
	}
	return NULL;
}

int main(void)
{
	pthread_t t[5];
	int id[5], i;

	for (i = 0; i < 5; i++) {
		id[i] = i + 1;
		T_EQ(pthread_create(&t[i], NULL, run, &id[i]), 0);
	}
	for (i = 0; i < 5; i++)
		T_EQ(pthread_join(t[i], NULL), 0);
	return 0;
}
