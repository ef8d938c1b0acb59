/* SA_NODEFER lets a handler be entered again by its own signal */
#include "t.h"

static volatile int depth, deepest;

static void on_usr(int sig)
{
	deepest = ++depth;
	if (depth < 5)
		T_OK(raise(sig));
	depth--;
}

int main(void)
{
	t_on_signal(SIGUSR1, on_usr, SA_NODEFER);
	T_OK(raise(SIGUSR1));
	T_EQ(deepest, 5);
	T_EQ(depth, 0);
	return 0;
}
