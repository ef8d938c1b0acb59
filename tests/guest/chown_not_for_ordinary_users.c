/* an ordinary user may not give files away, but may name itself */
#include "t.h"

int main(void)
{
	pid_t pid;

	T_OK(chmod(".", 0777));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		t_write_file("f", "x");
		T_OK(chown("f", geteuid(), getegid()));
		T_OK(chown("f", -1, -1));
		T_ERR(chown("f", 0, -1), EPERM);
		T_ERR(chown("f", -1, 4321), EPERM);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
