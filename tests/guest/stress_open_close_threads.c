/*
 * threads that open, duplicate and close descriptors all the time keep the
 * table whole
 */
#include "t.h"

static void *churn(void *arg)
{
	int i, a, b;

	for (i = 0; i < 800; i++) {
		a = T_OK(open("f", O_RDONLY));
		b = T_OK(dup(a));
		T_NE(a, b);
		T_OK(close(a));
		T_OK(close(b));
	}
	return arg;
}

int main(void)
{
	pthread_t t[6];
	int i, probe;

	t_write_file("f", "x");
	probe = T_OK(open("f", O_RDONLY));
	T_OK(close(probe));
	for (i = 0; i < 6; i++)
		T_EQ(pthread_create(&t[i], NULL, churn, NULL), 0);
	for (i = 0; i < 6; i++)
		T_EQ(pthread_join(t[i], NULL), 0);
	T_EQ(open("f", O_RDONLY), probe);
	return 0;
}
