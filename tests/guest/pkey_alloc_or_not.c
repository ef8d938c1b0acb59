/* memory protection keys: allocated and obeyed, or refused honestly */
#include "t.h"

int main(void)
{
	char *m =
		T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int key = pkey_alloc(0, PKEY_DISABLE_WRITE);
	pid_t pid;

	if (key == -1 && (errno == ENOSPC || errno == ENOSYS || errno == EINVAL))
		T_SKIP("no protection keys");
	T_NE(key, -1);
	T_OK(pkey_mprotect(m, 4096, PROT_READ | PROT_WRITE, key));
	T_EQ(m[0], 0);
	pid = T_OK(fork());
	if (pid == 0) {
		*(volatile char *)m = 1;
		_exit(1);
	}
	T_SIGNALED(pid, SIGSEGV);
	T_OK(pkey_free(key));
	T_ERR(pkey_free(99), EINVAL);
	return 0;
}
