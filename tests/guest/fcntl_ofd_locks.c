/*
 * open file description locks: conflict within one process, live with the open
 * file
 */
#include "t.h"

int main(void)
{
	struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int a = T_OK(open("f", O_RDWR | O_CREAT, 0644)), b = T_OK(open("f", O_RDWR)), c;

	T_OK(fcntl(a, F_OFD_SETLK, &fl));
	T_ERR(fcntl(b, F_OFD_SETLK, &fl), EAGAIN);
	T_OK(fcntl(b, F_OFD_GETLK, &fl));
	T_EQ(fl.l_type, F_WRLCK);
	T_EQ(fl.l_pid, -1);
	fl = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
	c = T_OK(dup(a));
	T_OK(close(a));
	T_ERR(fcntl(b, F_OFD_SETLK, &fl), EAGAIN);
	T_OK(close(c));
	T_OK(fcntl(b, F_OFD_SETLK, &fl));
	fl.l_pid = 5;
	T_ERR(fcntl(b, F_OFD_SETLK, &fl), EINVAL);
	return 0;
}
