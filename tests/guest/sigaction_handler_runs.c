/*
 * a handler runs with its signal's number, and the program goes on where it
 * was
 */
#include "t.h"

static volatile int got;

static void on_usr(int sig)
{
	got = sig;
}

int main(void)
{
	volatile long sum = 0;
	int i;

	t_on_signal(SIGUSR1, on_usr, 0);
	for (i = 0; i < 1000; i++) {
		got = 0;
		T_OK(raise(SIGUSR1));
		T_EQ(got, SIGUSR1);
		sum += i;
	}
	T_EQ(sum, 499500);
	return 0;
}
