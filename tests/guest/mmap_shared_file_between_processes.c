/* processes that map the same file share its memory, whoever opened it */
#include "t.h"

int main(void)
{
	volatile int *m;
	pid_t pid;
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644)), other;

	T_OK(ftruncate(fd, 4096));
	m = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	pid = T_OK(fork());
	if (pid == 0) {
		volatile int *mine;
		other = T_OK(open("f", O_RDWR));
		mine = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, other, 0));
		mine[1] = 7;
		while (mine[0] == 0)
			sched_yield();
		mine[2] = 9;
		_exit(0);
	}
	while (m[1] == 0)
		sched_yield();
	m[0] = 1;
	t_reap(pid);
	T_EQ(m[2], 9);
	return 0;
}
