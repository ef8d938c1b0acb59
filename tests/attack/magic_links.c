/*
 * Row 22: the links of /proc that jump lead nowhere outside, for this process
 * and every other
 */
#include "a.h"

static void look(const char *base)
{
	static const char *const links[] = {"root", "cwd",  "exe",  "fd/0", "fd/1",  "fd/2",
					    "fd/3", "fd/7", "fd/8", "fd/9", "ns/mnt"};
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof(links) / sizeof(*links); i++) {
		snprintf(path, sizeof(path), "%s/%s%s/secret", base, links[i], a_outside());
		a_not_secret(path);
		snprintf(path, sizeof(path), "%s/%s/secret", base, links[i]);
		a_not_secret(path);
		snprintf(path, sizeof(path), "%s/%s/../../outside/secret", base, links[i]);
		a_not_secret(path);
		snprintf(path, sizeof(path), "%s/%s", base, links[i]);
		if (strncmp(links[i], "fd/", 3) != 0 || links[i][3] > '2')
			a_not_secret(path);
	}
}

int main(void)
{
	char path[300], buf[PATH_MAX];
	struct dirent *d;
	DIR *dir = opendir("/proc");
	ssize_t got;

	T_TRUE(dir != NULL);
	look("/proc/self");
	look("/proc/thread-self");
	look("/proc/1");
	while ((d = readdir(dir))) {
		if (atoi(d->d_name) <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%s", d->d_name);
		look(path);
	}
	closedir(dir);
	snprintf(path, sizeof(path), "/proc/%d", a_number("ATTACK_PID"));
	look(path);
	a_not_secret("/dev/fd/7");
	a_not_secret("/dev/fd/8/secret");
	/* the twin: this program's own links */
	got = T_OK(readlink("/proc/self/exe", buf, sizeof(buf) - 1));
	buf[got] = '\0';
	T_STR(buf, "/bin/attack");
	T_OK(access("/proc/self/root/bin/attack", X_OK));
	return 0;
}
