/*
 * /proc/self/mounts and mountinfo name the root and proc; filesystems knows
 * proc
 */
#include "t.h"

static char buf[65536];

int main(void)
{
	bool root = false, proc = false;
	char *line, *save = NULL, dev[256], dir[512], type[64], opts[1024];

	t_read_file("/proc/self/mounts", buf, sizeof(buf));
	for (line = strtok_r(buf, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		T_EQ(sscanf(line, "%255s %511s %63s %1023s 0 0", dev, dir, type, opts), 4);
		root = root || strcmp(dir, "/") == 0;
		proc = proc || (strcmp(dir, "/proc") == 0 && strcmp(type, "proc") == 0);
	}
	T_TRUE(root);
	T_TRUE(proc);
	t_read_file("/proc/self/mountinfo", buf, sizeof(buf));
	T_TRUE(strstr(buf, " - proc ") != NULL);
	t_read_file("/proc/filesystems", buf, sizeof(buf));
	T_TRUE(strstr(buf, "nodev\tproc\n") != NULL);
	return 0;
}
