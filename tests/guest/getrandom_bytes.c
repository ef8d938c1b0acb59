/* getrandom(2): different every time, any length, unknown flags */
#include <sys/random.h>

#include "t.h"

int main(void)
{
	static unsigned char a[100000];
	unsigned char b[32];
	int i, distinct = 0;

	T_EQ(getrandom(a, 32, 0), 32);
	T_EQ(getrandom(b, 32, GRND_NONBLOCK), 32);
	T_NE(memcmp(a, b, 32), 0);
	T_EQ(getrandom(a, sizeof(a), 0), sizeof(a));
	for (i = 1; i < 1000; i++)
		distinct += a[i] != a[i - 1];
	T_GT(distinct, 900);
	T_EQ(getrandom(b, 0, 0), 0);
	T_ERR(getrandom(b, 1, 0x100), EINVAL);
	T_ERR(syscall(SYS_getrandom, t_badptr(), 10, 0), EFAULT);
	return 0;
}
