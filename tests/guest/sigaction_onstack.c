/*
 * SA_ONSTACK runs the handler on the alternate stack, others on the present
 * one
 */
#include "t.h"

static char alt[65536];
static volatile int inside[2];

static bool on_alt(void *p)
{
	return (char *)p >= alt && (char *)p < alt + sizeof(alt);
}

static void on_usr(int sig)
{
	int here = 0;
	stack_t ss;

	inside[sig == SIGUSR2] = on_alt(&here) ? 1 : -1;
	if (sig == SIGUSR2) {
		T_OK(sigaltstack(NULL, &ss));
		T_EQ(ss.ss_flags, SS_ONSTACK);
		T_ERR(sigaltstack(&ss, NULL), EPERM);
	}
}

int main(void)
{
	stack_t ss = {.ss_sp = alt, .ss_size = sizeof(alt)};

	T_OK(sigaltstack(&ss, NULL));
	t_on_signal(SIGUSR1, on_usr, 0);
	t_on_signal(SIGUSR2, on_usr, SA_ONSTACK);
	T_OK(raise(SIGUSR1));
	T_OK(raise(SIGUSR2));
	T_EQ(inside[0], -1);
	T_EQ(inside[1], 1);
	return 0;
}
