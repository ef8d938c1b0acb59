/* F_SETOWN and F_GETOWN_EX remember who gets SIGIO */
#include "t.h"

int main(void)
{
	struct f_owner_ex owner;
	int p[2];

	T_OK(pipe(p));
	T_EQ(fcntl(p[0], F_GETOWN), 0);
	T_OK(fcntl(p[0], F_SETOWN, getpid()));
	T_EQ(fcntl(p[0], F_GETOWN), getpid());
	T_OK(fcntl(p[0], F_GETOWN_EX, &owner));
	T_EQ(owner.type, F_OWNER_PID);
	T_EQ(owner.pid, getpid());
	T_EQ(fcntl(p[0], F_GETSIG), 0);
	T_OK(fcntl(p[0], F_SETSIG, SIGUSR1));
	T_EQ(fcntl(p[0], F_GETSIG), SIGUSR1);
	T_ERR(fcntl(p[0], F_SETSIG, 100), EINVAL);
	return 0;
}
