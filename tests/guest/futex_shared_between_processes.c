/* a futex in shared memory is one for all processes, wherever it is mapped */
#include <linux/futex.h>

#include "t.h"

int main(void)
{
	int fd = T_OK(memfd_create("f", 0));
	int *a, *b;
	pid_t pid;

	T_OK(ftruncate(fd, 4096));
	a = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	pid = T_OK(fork());
	if (pid == 0) {
		b = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
		T_OK(syscall(SYS_futex, b, FUTEX_WAIT, 0, NULL, NULL, 0));
		_exit(0);
	}
	t_await_sleep(pid);
	T_EQ(syscall(SYS_futex, a, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 0);
	T_EQ(syscall(SYS_futex, a, FUTEX_WAKE, 1, NULL, NULL, 0), 1);
	t_reap(pid);
	return 0;
}
