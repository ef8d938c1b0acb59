/*
 * Row 1: lengths and addresses of an iovec change during readv and writev. A
 * result never exceeds what some moment's vector allowed, and bytes next to
 * the buffers stay.
 */
#include "a.h"

static char arena[3][256 << 10]; /* a pipe holds less than one of them */
static struct iovec iov[2];
static volatile int stop;

static void *rewrite(void *arg)
{
	volatile size_t *len = &iov[1].iov_len;
	void *volatile *base = (void *volatile *)&iov[1].iov_base;

	while (!stop) {
		*len = 1;
		*len = 4096;
		*base = (void *)(uintptr_t)0xffff800000000000;
		*len = (size_t)-1;
		*base = (void *)STUB_BASE;
		*len = 1 << 30;
		*base = arena[1];
	}
	return arg;
}

int main(void)
{
	pthread_t t;
	int p[2], i;

	memset(arena, 'g', sizeof(arena));
	iov[0] = (struct iovec){arena[1], 16};
	iov[1] = (struct iovec){arena[1], 1};
	T_OK(pipe2(p, O_NONBLOCK));
	T_EQ(pthread_create(&t, NULL, rewrite, NULL), 0);
	for (i = 0; i < 3000; i++) {
		ssize_t put = writev(p[1], iov, 2), got;
		T_LE(put, 65536);
		got = readv(p[0], iov, 2);
		T_LE(got, 65536);
		if (i % 50 == 0)
			while (read(p[0], arena[1], sizeof(arena[1])) > 0)
				;
	}
	stop = 1;
	T_EQ(pthread_join(t, NULL), 0);
	for (i = 0; i < (int)sizeof(arena[0]); i++) {
		T_EQ(arena[0][i], 'g');
		T_EQ(arena[2][i], 'g');
	}
	a_survives();
	return 0;
}
