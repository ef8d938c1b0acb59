/*
 * MADV_DONTFORK leaves a mapping out of the child, MADV_WIPEONFORK empties it
 */
#include "t.h"

int main(void)
{
	char *a =
		T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	char *b =
		T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int p[2];
	pid_t pid;

	T_OK(pipe(p));
	a[0] = b[0] = 'x';
	T_OK(madvise(a, 4096, MADV_DONTFORK));
	T_OK(madvise(b, 4096, MADV_WIPEONFORK));
	pid = T_OK(fork());
	if (pid == 0) {
		T_ERR(write(p[1], a, 1), EFAULT);
		T_EQ(b[0], 0);
		_exit(0);
	}
	t_reap(pid);
	T_EQ(a[0], 'x');
	T_EQ(b[0], 'x');
	T_OK(madvise(a, 4096, MADV_DOFORK));
	T_OK(madvise(b, 4096, MADV_KEEPONFORK));
	pid = T_OK(fork());
	if (pid == 0) {
		T_EQ(a[0], 'x');
		T_EQ(b[0], 'x');
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
