/*
 * Row 23: no /proc/N/exe is the runtime's program, none opens for writing,
 * none runs as interpreter
 */
#include "a.h"

int main(int argc, char **argv)
{
	char path[300], buf[PATH_MAX];
	struct dirent *d;
	DIR *dir = opendir("/proc");
	char *args[] = {(char *)"script", NULL};
	ssize_t got;
	pid_t pid;

	if (argc > 1)
		return strcmp(argv[1], "./script") != 0; /* as interpreter of the script below */
	T_TRUE(dir != NULL);
	while ((d = readdir(dir))) {
		if (atoi(d->d_name) <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%s/exe", d->d_name);
		got = readlink(path, buf, sizeof(buf) - 1);
		if (got == -1)
			continue;
		buf[got] = '\0';
		T_STR(buf, "/bin/attack");
		T_EQ(open(path, O_WRONLY), -1);
		T_EQ(open(path, O_RDWR | O_TRUNC), -1);
	}
	closedir(dir);
	T_OK(chdir("/tmp"));
	t_write_file("script", "#!/proc/self/exe\n");
	T_OK(chmod("script", 0755));
	pid = T_OK(fork());
	if (pid == 0) {
		execv("./script", args);
		_exit(0);
	}
	t_status(pid);
	a_survives();
	return 0;
}
