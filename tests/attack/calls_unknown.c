/* Row 13: numbers that nobody knows, negative ones, huge ones: ENOSYS */
#include "a.h"

/* uretprobe and uprobe: the host's filters do not see them, and it ends who calls them for no
 * reason. */
static void attack(void *arg)
{
	_exit(syscall((long)arg, -1L, -1L, -1L) != -1);
}

int main(void)
{
	static const long wild[] = {337,     400,  423,  470,     511,     512,
				    0x1ff,   1000, 4096, 5000,    0xffff,  1 << 20,
				    INT_MAX, -1,   -2,   INT_MIN, LONG_MAX};
	size_t i;

	for (i = 0; i < sizeof(wild) / sizeof(*wild); i++) {
		long ret = syscall(wild[i], -1L, -1L, -1L, -1L, -1L, -1L);
		T_EQ(ret, -1);
		T_EQ(errno, ENOSYS);
	}
	/* as on Linux, the upper half of the number counts for nothing */
	T_EQ(syscall((1L << 32) | SYS_getpid), getpid());
	T_ERR(syscall(LONG_MIN, -1L, NULL, 0L), EBADF);
	a_try(attack, (void *)335);
	a_try(attack, (void *)336);
	return 0;
}
