/* SS_AUTODISARM takes the alternate stack away while a handler runs on it */
#include "t.h"

static char alt[65536];
static volatile int flags = -1;

static void on_usr(int sig)
{
	stack_t ss;

	T_EQ(sig, SIGUSR1);
	T_OK(sigaltstack(NULL, &ss));
	flags = ss.ss_flags;
}

int main(void)
{
	stack_t ss = {.ss_sp = alt, .ss_size = sizeof(alt), .ss_flags = (int)(1U << 31)};

	if (sigaltstack(&ss, NULL) == -1 && errno == EINVAL)
		T_SKIP("no SS_AUTODISARM");
	t_on_signal(SIGUSR1, on_usr, SA_ONSTACK);
	T_OK(raise(SIGUSR1));
	T_EQ(flags, SS_DISABLE);
	T_OK(sigaltstack(NULL, &ss));
	T_EQ(ss.ss_flags, (int)(1U << 31));
	T_TRUE(ss.ss_sp == alt);
	return 0;
}
