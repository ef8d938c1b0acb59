/* /proc/self/fd lists the open descriptors, names them, and opens them anew */
#include <dirent.h>

#include "t.h"

int main(void)
{
	char path[64], buf[PATH_MAX], want[PATH_MAX];
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644)), again, p[2], n = 0;
	struct dirent *d;
	ssize_t got;
	DIR *dir;

	T_OK(pipe(p));
	T_EQ(write(fd, "data", 4), 4);
	T_TRUE(getcwd(want, sizeof(want) - 2) != NULL);
	strcat(want, "/f");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	got = T_OK(readlink(path, buf, sizeof(buf) - 1));
	buf[got] = '\0';
	T_STR(buf, want);
	again = T_OK(open(path, O_RDONLY));
	T_EQ(lseek(again, 0, SEEK_CUR), 0);
	T_EQ(read(again, buf, 8), 4);
	T_OK(unlink("f"));
	T_OK(open(path, O_RDONLY));
	got = T_OK(readlink(path, buf, sizeof(buf) - 1));
	buf[got] = '\0';
	strcat(want, " (deleted)");
	T_STR(buf, want);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p[0]);
	got = T_OK(readlink(path, buf, sizeof(buf) - 1));
	T_TRUE(strncmp(buf, "pipe:[", 6) == 0);
	dir = opendir("/proc/self/fd");
	T_TRUE(dir != NULL);
	while ((d = readdir(dir)))
		n += d->d_name[0] != '.';
	T_GE(n, 8);
	T_ERR(readlink("/proc/self/fd/99", buf, 8), ENOENT);
	T_ERR(open("/proc/self/fd/99", O_RDONLY), ENOENT);
	return 0;
}
