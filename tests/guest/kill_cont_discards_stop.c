/* SIGCONT removes pending stop signals and the other way round */
#include "t.h"

int main(void)
{
	sigset_t set;

	t_block(SIGTSTP);
	t_block(SIGCONT);
	T_OK(raise(SIGTSTP));
	T_OK(raise(SIGCONT));
	T_OK(sigpending(&set));
	T_EQ(sigismember(&set, SIGTSTP), 0);
	T_EQ(sigismember(&set, SIGCONT), 1);
	T_OK(raise(SIGTSTP));
	T_OK(sigpending(&set));
	T_EQ(sigismember(&set, SIGTSTP), 1);
	T_EQ(sigismember(&set, SIGCONT), 0);
	return 0;
}
