/* O_ASYNC sends SIGIO to the owner when a pipe becomes readable */
#include "t.h"

static volatile sig_atomic_t got;

static void on_io(int sig)
{
	got = sig;
}

int main(void)
{
	sigset_t none;
	int p[2];

	sigemptyset(&none);
	t_block(SIGIO);
	t_on_signal(SIGIO, on_io, 0);
	T_OK(pipe(p));
	T_OK(fcntl(p[0], F_SETOWN, getpid()));
	T_OK(fcntl(p[0], F_SETFL, O_ASYNC));
	t_post(p[1]);
	while (!got)
		sigsuspend(&none);
	T_EQ(got, SIGIO);
	return 0;
}
