/* mapping /dev/zero gives fresh memory, private or shared across fork */
#include "t.h"

int main(void)
{
	int fd = T_OK(open("/dev/zero", O_RDWR));
	volatile char *a = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	volatile char *b = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	pid_t pid;

	T_EQ(a[5] + b[5], 0);
	pid = T_OK(fork());
	if (pid == 0) {
		a[0] = 1;
		b[0] = 1;
		_exit(0);
	}
	t_reap(pid);
	T_EQ(a[0], 0);
	T_EQ(b[0], 1);
	return 0;
}
