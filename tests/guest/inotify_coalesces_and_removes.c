/* two equal events in a row are one; a removed watch says IN_IGNORED */
#include <sys/inotify.h>

#include "t.h"

int main(void)
{
	struct inotify_event ev[4];
	int fd = T_OK(inotify_init1(IN_NONBLOCK)), f, wd;

	f = T_OK(open("f", O_WRONLY | O_CREAT, 0644));
	wd = T_OK(inotify_add_watch(fd, "f", IN_MODIFY));
	T_EQ(inotify_add_watch(fd, "f", IN_MODIFY), wd);
	T_EQ(write(f, "a", 1), 1);
	T_EQ(write(f, "b", 1), 1);
	T_EQ(read(fd, ev, sizeof(ev)), sizeof(ev[0]));
	T_OK(inotify_rm_watch(fd, wd));
	T_EQ(read(fd, ev, sizeof(ev)), sizeof(ev[0]));
	T_EQ(ev[0].mask, IN_IGNORED);
	T_EQ(write(f, "c", 1), 1);
	T_ERR(read(fd, ev, sizeof(ev)), EAGAIN);
	return 0;
}
