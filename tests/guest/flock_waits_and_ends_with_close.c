/* a wait for flock(2) ends when the last descriptor of the holder closes */
#include <sys/file.h>

#include "t.h"

int main(void)
{
	int a = T_OK(open("f", O_RDWR | O_CREAT, 0644));
	pid_t pid;

	T_OK(flock(a, LOCK_EX));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(close(a));
		a = T_OK(open("f", O_RDWR));
		T_OK(flock(a, LOCK_EX));
		_exit(0);
	}
	t_await_sleep(pid);
	T_OK(close(a));
	t_reap(pid);
	return 0;
}
