/*
 * F_SETLKW waits for the holder to end, and a signal ends the wait with EINTR
 */
#include "t.h"

int main(void)
{
	struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644)), p[2];
	pid_t holder, waiter;

	T_OK(pipe(p));
	holder = T_OK(fork());
	if (holder == 0) {
		T_OK(fcntl(fd, F_SETLK, &fl));
		t_post(p[1]);
		for (;;)
			pause();
	}
	t_take(p[0]);
	waiter = T_OK(fork());
	if (waiter == 0) {
		t_on_signal(SIGUSR1, t_ignore_signal, 0);
		T_ERR(fcntl(fd, F_SETLKW, &fl), EINTR);
		t_post(p[1]);
		T_OK(fcntl(fd, F_SETLKW, &fl));
		_exit(0);
	}
	t_await_sleep(waiter);
	T_OK(kill(waiter, SIGUSR1));
	t_take(p[0]);
	t_await_sleep(waiter);
	T_OK(kill(holder, SIGKILL));
	T_SIGNALED(holder, SIGKILL);
	t_reap(waiter);
	return 0;
}
