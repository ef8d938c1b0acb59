/* mprotect(2) is what system calls and loads obey */
#include "t.h"

int main(void)
{
	char *m =
		T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int p[2];
	pid_t pid;

	T_OK(pipe(p));
	m[0] = 'x';
	T_OK(mprotect(m, 4096, PROT_READ));
	T_EQ(write(p[1], m, 1), 1);
	T_ERR(read(p[0], m, 1), EFAULT);
	T_OK(mprotect(m, 4096, PROT_NONE));
	T_ERR(write(p[1], m, 1), EFAULT);
	pid = T_OK(fork());
	if (pid == 0) {
		_exit(((volatile char *)m)[0]);
	}
	T_SIGNALED(pid, SIGSEGV);
	T_OK(mprotect(m, 4096, PROT_READ | PROT_WRITE));
	T_EQ(m[0], 'x');
	return 0;
}
