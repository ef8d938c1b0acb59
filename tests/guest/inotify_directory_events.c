/* inotify: making, changing, moving and removing in a directory, in order */
#include <sys/inotify.h>

#include "t.h"

static int fd;
static char buf[4096] __attribute__((aligned(8)));
static long filled, at;

static struct inotify_event *next_event(void)
{
	struct inotify_event *ev;

	if (at == filled) {
		filled = T_OK(read(fd, buf, sizeof(buf)));
		at = 0;
	}
	ev = (void *)(buf + at);
	at += (long)sizeof(*ev) + ev->len;
	return ev;
}

static struct inotify_event *expect(uint32_t mask, const char *name)
{
	struct inotify_event *ev = next_event();

	T_EQ(ev->mask, mask);
	T_STR(ev->name, name);
	return ev;
}

int main(void)
{
	uint32_t cookie;
	int wd, f;

	T_OK(mkdir("d", 0755));
	fd = T_OK(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
	wd = T_OK(inotify_add_watch(fd, "d",
				    IN_ALL_EVENTS & ~(uint32_t)(IN_ACCESS | IN_CLOSE_NOWRITE)));
	T_ERR(read(fd, buf, sizeof(buf)), EAGAIN);
	f = T_OK(open("d/f", O_WRONLY | O_CREAT, 0644));
	T_EQ(write(f, "x", 1), 1);
	T_OK(close(f));
	T_OK(chmod("d/f", 0600));
	T_OK(rename("d/f", "d/g"));
	T_OK(unlink("d/g"));
	T_OK(mkdir("d/sub", 0755));
	T_EQ(expect(IN_CREATE, "f")->wd, wd);
	expect(IN_OPEN, "f");
	expect(IN_MODIFY, "f");
	expect(IN_CLOSE_WRITE, "f");
	expect(IN_ATTRIB, "f");
	cookie = expect(IN_MOVED_FROM, "f")->cookie;
	T_NE(cookie, 0);
	T_EQ(expect(IN_MOVED_TO, "g")->cookie, cookie);
	expect(IN_DELETE, "g");
	expect(IN_CREATE | IN_ISDIR, "sub");
	T_ERR(read(fd, buf, sizeof(buf)), EAGAIN);
	return 0;
}
