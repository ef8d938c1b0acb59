/* prctl(2): unknown options and arguments that must be zero */
#include <sys/prctl.h>

#include "t.h"

int main(void)
{
	T_ERR(prctl(99999), EINVAL);
	T_ERR(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0), EINVAL);
	T_ERR(prctl(PR_GET_PDEATHSIG, t_badptr()), EFAULT);
	T_EQ(prctl(PR_CAPBSET_READ, 63), -1);
	T_EQ(errno, EINVAL);
	T_GE(prctl(PR_CAPBSET_READ, 0), 0);
	T_OK(prctl(PR_SET_TIMERSLACK, 12345));
	T_EQ(prctl(PR_GET_TIMERSLACK), 12345);
	return 0;
}
