/* TIOCSWINSZ is seen on both ends and sends SIGWINCH to the foreground group */
#include <pty.h>
#include <sys/ioctl.h>

#include "t.h"

static volatile int got;

static void on_winch(int sig)
{
	got = sig;
}

int main(void)
{
	struct winsize w = {0};
	int m, ready[2];
	pid_t pid;

	T_OK(pipe(ready));
	pid = T_OK(forkpty(&m, NULL, NULL, &(struct winsize){.ws_row = 10, .ws_col = 20}));
	if (pid == 0) {
		sigset_t none;
		sigemptyset(&none);
		t_block(SIGWINCH);
		t_on_signal(SIGWINCH, on_winch, 0);
		if (ioctl(0, TIOCGWINSZ, &w) || w.ws_row != 10 || w.ws_col != 20)
			_exit(1);
		t_post(ready[1]);
		sigsuspend(&none);
		if (got != SIGWINCH || ioctl(0, TIOCGWINSZ, &w) || w.ws_row != 33)
			_exit(2);
		_exit(0);
	}
	t_take(ready[0]);
	w = (struct winsize){.ws_row = 33, .ws_col = 44};
	T_OK(ioctl(m, TIOCSWINSZ, &w));
	t_reap(pid);
	return 0;
}
