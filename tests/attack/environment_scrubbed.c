/* Row 45: variables of the caller are not passed on, nor seen in any process */
#include "a.h"

int main(void)
{
	char path[300];
	static char buf[65536];
	struct dirent *d;
	DIR *dir = opendir("/proc");
	extern char **environ;
	size_t got;
	int i, fd;

	T_TRUE(getenv("ATTACK_SECRET") == NULL);
	for (i = 0; environ[i]; i++)
		T_TRUE(strstr(environ[i], "SECRET") == NULL);
	T_TRUE(dir != NULL);
	while ((d = readdir(dir))) {
		if (atoi(d->d_name) <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%s/environ", d->d_name);
		fd = open(path, O_RDONLY);
		if (fd == -1)
			continue;
		got = (size_t)T_OK(read(fd, buf, sizeof(buf)));
		T_TRUE(memmem(buf, got, "SECRET", 6) == NULL);
		T_OK(close(fd));
	}
	closedir(dir);
	/* the twins: what was asked for is there, and so is a path for programs */
	T_TRUE(getenv("ATTACK_OUTSIDE") != NULL);
	T_TRUE(getenv("PATH") != NULL);
	return 0;
}
