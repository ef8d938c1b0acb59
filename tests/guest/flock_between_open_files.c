/* flock(2) belongs to the open file: other opens conflict, duplicates do not */
#include <sys/file.h>

#include "t.h"

int main(void)
{
	int a = T_OK(open("f", O_RDWR | O_CREAT, 0644)), b = T_OK(open("f", O_RDWR)),
	    c = T_OK(dup(a));

	T_OK(flock(a, LOCK_EX));
	T_ERR(flock(b, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	T_ERR(flock(b, LOCK_SH | LOCK_NB), EWOULDBLOCK);
	T_OK(flock(c, LOCK_EX | LOCK_NB));
	T_OK(flock(a, LOCK_SH));
	T_OK(flock(b, LOCK_SH | LOCK_NB));
	T_ERR(flock(b, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	T_OK(flock(c, LOCK_UN));
	T_OK(flock(b, LOCK_EX | LOCK_NB));
	T_ERR(flock(a, 77), EINVAL);
	T_ERR(flock(99, LOCK_EX), EBADF);
	return 0;
}
