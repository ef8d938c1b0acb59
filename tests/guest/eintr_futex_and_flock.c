/* a futex wait and a wait for a lock end with EINTR without SA_RESTART */
#include <linux/futex.h>
#include <sys/file.h>

#include "t.h"

static pid_t send_when_asleep(void)
{
	pid_t me = getpid(), pid = T_OK(fork());

	if (pid == 0) {
		t_await_sleep(me);
		T_OK(kill(me, SIGUSR1));
		_exit(0);
	}
	return pid;
}

int main(void)
{
	int word = 0, a, b;
	pid_t helper;

	t_on_signal(SIGUSR1, t_ignore_signal, 0);
	helper = send_when_asleep();
	T_ERR(syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0), EINTR);
	t_reap(helper);
	a = T_OK(open("f", O_RDWR | O_CREAT, 0644));
	b = T_OK(open("f", O_RDWR));
	T_OK(flock(a, LOCK_EX));
	helper = send_when_asleep();
	T_ERR(flock(b, LOCK_EX), EINTR);
	t_reap(helper);
	return 0;
}
