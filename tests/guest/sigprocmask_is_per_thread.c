/* each thread has its own mask, inherited from the one that made it */
#include "t.h"

static void *run(void *arg)
{
	sigset_t set;

	T_EQ(pthread_sigmask(SIG_BLOCK, NULL, &set), 0);
	T_EQ(sigismember(&set, SIGUSR1), 1);
	sigemptyset(&set);
	T_EQ(pthread_sigmask(SIG_SETMASK, &set, NULL), 0);
	return arg;
}

int main(void)
{
	sigset_t set;
	pthread_t t;

	t_block(SIGUSR1);
	T_EQ(pthread_create(&t, NULL, run, NULL), 0);
	T_EQ(pthread_join(t, NULL), 0);
	T_OK(sigprocmask(SIG_BLOCK, NULL, &set));
	T_EQ(sigismember(&set, SIGUSR1), 1);
	return 0;
}
