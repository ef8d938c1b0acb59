/* handlers of different signals nest, each returning to where it was */
#include "t.h"

static volatile int trace[8], nr;

static void on_usr2(int sig)
{
	trace[nr++] = sig;
}

static void on_usr1(int sig)
{
	trace[nr++] = sig;
	T_OK(raise(SIGUSR2));
	trace[nr++] = -sig;
}

int main(void)
{
	t_on_signal(SIGUSR1, on_usr1, 0);
	t_on_signal(SIGUSR2, on_usr2, 0);
	T_OK(raise(SIGUSR1));
	T_EQ(nr, 3);
	T_EQ(trace[0], SIGUSR1);
	T_EQ(trace[1], SIGUSR2);
	T_EQ(trace[2], -SIGUSR1);
	return 0;
}
