/* inotify can be polled, and FIONREAD says how many bytes wait */
#include <sys/inotify.h>
#include <sys/ioctl.h>

#include "t.h"

int main(void)
{
	struct pollfd pfd;
	int fd = T_OK(inotify_init()), n = -1;

	pfd = (struct pollfd){.fd = fd, .events = POLLIN};
	T_OK(inotify_add_watch(fd, ".", IN_CREATE));
	T_EQ(poll(&pfd, 1, 0), 0);
	T_OK(mkdir("x", 0755));
	T_EQ(poll(&pfd, 1, 0), 1);
	T_OK(ioctl(fd, FIONREAD, &n));
	T_EQ(n, sizeof(struct inotify_event) + 16);
	return 0;
}
