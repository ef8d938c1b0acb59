/* EFD_SEMAPHORE takes one at a time */
#include <sys/eventfd.h>

#include "t.h"

int main(void)
{
	uint64_t v;
	int fd = T_OK(eventfd(2, EFD_NONBLOCK | EFD_SEMAPHORE));

	T_EQ(read(fd, &v, 8), 8);
	T_EQ(v, 1);
	T_EQ(read(fd, &v, 8), 8);
	T_EQ(v, 1);
	T_ERR(read(fd, &v, 8), EAGAIN);
	return 0;
}
