/* after fork the same address of private memory is another futex */
#include <linux/futex.h>

#include "t.h"

int main(void)
{
	static int word;
	pid_t pid;

	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0));
		_exit(0);
	}
	t_await_sleep(pid);
	T_EQ(syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0), 0);
	T_OK(kill(pid, SIGKILL));
	T_SIGNALED(pid, SIGKILL);
	return 0;
}
