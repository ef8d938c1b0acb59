/* Row 11: calls with the x32 bit are ENOSYS */
#include "a.h"

static void attack(void *arg)
{
	long nr = (long)arg;

	errno = 0;
	_exit(syscall(nr | 0x40000000, 0, 0, 0) != -1);
}

int main(void)
{
	static const long calls[] = {SYS_getpid, SYS_getppid, SYS_dup, SYS_open, SYS_pipe,
				     SYS_socket, 512,         520,     547};
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		a_try(attack, (void *)calls[i]);
	T_ERR(syscall(SYS_getpid | 0x40000000), ENOSYS);
	T_EQ(syscall(SYS_getpid), getpid());
	return 0;
}
