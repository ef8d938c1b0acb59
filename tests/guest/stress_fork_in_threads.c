/* several threads fork and wait at once while others allocate and map */
#include "t.h"

static volatile int stop;

static void *forker(void *arg)
{
	int i;

	for (i = 0; i < 15; i++) {
		pid_t pid = T_OK(fork());
		if (pid == 0)
			_exit(i);
		T_EXITED(pid, i);
	}
	return arg;
}

static void *mapper(void *arg)
{
	while (!stop) {
		char *m = T_OK(mmap(NULL, 65536, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
		m[5] = 1;
		m[60000] = 2;
		T_OK(munmap(m, 65536));
	}
	return arg;
}

int main(void)
{
	pthread_t f[3], m;
	int i;

	T_EQ(pthread_create(&m, NULL, mapper, NULL), 0);
	for (i = 0; i < 3; i++)
		T_EQ(pthread_create(&f[i], NULL, forker, NULL), 0);
	for (i = 0; i < 3; i++)
		T_EQ(pthread_join(f[i], NULL), 0);
	stop = 1;
	T_EQ(pthread_join(m, NULL), 0);
	return 0;
}
