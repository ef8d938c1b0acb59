/*
 * Row 50: no variable, descriptor, socket or file by which a guest could ask
 * the runtime to step aside
 */
#include "a.h"

int main(void)
{
	char line[512];
	extern char **environ;
	struct dirent *d;
	DIR *dir;
	FILE *f;
	int i;

	for (i = 0; environ[i]; i++)
		T_TRUE(strncasecmp(environ[i], "BAILEY", 6) != 0);
	f = fopen("/proc/net/unix", "r");
	while (f && fgets(line, sizeof(line), f))
		T_TRUE(strstr(line, "bailey") == NULL);
	f = fopen("/proc/self/mountinfo", "r");
	T_TRUE(f != NULL);
	while (fgets(line, sizeof(line), f))
		T_TRUE(strstr(line, a_outside()) == NULL);
	dir = opendir("/run");
	while (dir && (d = readdir(dir)))
		T_TRUE(strstr(d->d_name, "bailey") == NULL);
	setenv("BAILEY_PLATFORM", "none", 1);
	setenv("BAILEY_DISABLE", "1", 1);
	a_survives();
	return 0;
}
