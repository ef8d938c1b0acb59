/* umask(2) gives the previous mask, keeps nine bits, and fork inherits it */
#include "t.h"

int main(void)
{
	pid_t pid;

	umask(0123);
	T_EQ(umask(07777), 0123);
	T_EQ(umask(022), 0777);
	pid = T_OK(fork());
	if (pid == 0) {
		T_EQ(umask(0), 022);
		_exit(0);
	}
	t_reap(pid);
	T_EQ(umask(0), 022);
	return 0;
}
