/*
 * truncating a mapped file makes its pages SIGBUS, growing it brings zeroes
 * back
 */
#include <setjmp.h>

#include "t.h"

static sigjmp_buf out;

static void on_bus(int sig)
{
	siglongjmp(out, sig);
}

int main(void)
{
	volatile char *m;
	volatile int faulted = 0;
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	t_on_signal(SIGBUS, on_bus, 0);
	T_OK(ftruncate(fd, 8192));
	m = T_OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	m[5000] = 'x';
	m[100] = 'y';
	T_OK(ftruncate(fd, 200));
	if (sigsetjmp(out, 1) == 0)
		faulted = m[5000];
	else
		faulted = -1;
	T_EQ(faulted, -1);
	T_EQ(m[100], 'y');
	T_OK(ftruncate(fd, 8192));
	T_EQ(m[5000], 0);
	T_EQ(m[100], 'y');
	return 0;
}
