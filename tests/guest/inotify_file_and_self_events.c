/* inotify on a file: its changes, its end, and the end of the watch */
#include <sys/inotify.h>

#include "t.h"

int main(void)
{
	struct inotify_event ev;
	int fd = T_OK(inotify_init1(IN_NONBLOCK)), f, wd;

	t_write_file("f", "x");
	wd = T_OK(inotify_add_watch(fd, "f", IN_MODIFY | IN_DELETE_SELF | IN_ATTRIB));
	f = T_OK(open("f", O_WRONLY));
	T_OK(ftruncate(f, 0));
	T_EQ(read(fd, &ev, sizeof(ev)), sizeof(ev));
	T_EQ(ev.mask, IN_MODIFY);
	T_EQ(ev.wd, wd);
	T_OK(close(f));
	T_OK(unlink("f"));
	T_EQ(read(fd, &ev, sizeof(ev)), sizeof(ev));
	T_EQ(ev.mask, IN_ATTRIB);
	T_EQ(read(fd, &ev, sizeof(ev)), sizeof(ev));
	T_EQ(ev.mask, IN_DELETE_SELF);
	T_EQ(read(fd, &ev, sizeof(ev)), sizeof(ev));
	T_EQ(ev.mask, IN_IGNORED);
	return 0;
}
