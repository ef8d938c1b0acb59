/* leaving handlers by siglongjmp, ten thousand times, loses nothing */
#include <setjmp.h>

#include "t.h"

static sigjmp_buf out;

static void on_usr(int sig)
{
	siglongjmp(out, sig);
}

int main(void)
{
	volatile int i;

	t_on_signal(SIGUSR1, on_usr, 0);
	for (i = 0; i < 2000; i++) {
		if (sigsetjmp(out, 1) == 0) {
			raise(SIGUSR1);
			return 1;
		}
	}
	T_EQ(i, 2000);
	return 0;
}
