/* sethostname(2) is not for ordinary users; too long a name is EINVAL */
#include "t.h"

int main(void)
{
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		t_drop_root();
		T_ERR(sethostname("x", 1), EPERM);
		T_ERR(setdomainname("x", 1), EPERM);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
