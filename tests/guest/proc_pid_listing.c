/*
 * /proc lists this process and its child by number, and the child is gone
 * after wait
 */
#include <dirent.h>

#include "t.h"

static bool listed(pid_t pid)
{
	struct dirent *d;
	DIR *dir = opendir("/proc");
	bool seen = false;

	T_TRUE(dir != NULL);
	while ((d = readdir(dir)))
		seen = seen || atoi(d->d_name) == pid;
	closedir(dir);
	return seen;
}

int main(void)
{
	char path[64];
	pid_t pid = T_OK(fork());

	if (pid == 0)
		for (;;)
			pause();
	T_TRUE(listed(getpid()));
	T_TRUE(listed(pid));
	T_OK(kill(pid, SIGKILL));
	T_SIGNALED(pid, SIGKILL);
	T_TRUE(!listed(pid));
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	T_ERR(open(path, O_RDONLY), ENOENT);
	return 0;
}
