/* What we run on, so that figures of different machines are not taken for each other's. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "runtime/bench/internal.h"

/* What stands behind @key in a file of `KEY SEPARATOR VALUE` lines. */
static void look_up(const char *path, const char *key, const char *separators, char *buf,
		    size_t size)
{
	FILE *f = fopen(path, "re");
	char line[512];

	snprintf(buf, size, "unknown");
	while (f && fgets(line, sizeof(line), f)) {
		const char *value = line + strlen(key);

		if (strncmp(line, key, strlen(key)) || !strchr(separators, *value))
			continue;
		value += strspn(value, separators);
		snprintf(buf, size, "%.*s", (int)strcspn(value, "\"\n"), value);
		break;
	}
	if (f)
		fclose(f);
}

void machine_describe(struct bench_machine *m)
{
	struct sysinfo info;
	struct utsname u;
	cpu_set_t set;

	look_up("/proc/cpuinfo", "model name", "\t :", m->cpu, sizeof(m->cpu));
	look_up("/etc/os-release", "PRETTY_NAME", "=\"", m->system, sizeof(m->system));
	if (!uname(&u))
		snprintf(m->kernel, sizeof(m->kernel), "%.20s %.64s %.20s", u.sysname, u.release,
			 u.machine);
	if (!sched_getaffinity(0, sizeof(set), &set))
		m->cores = (unsigned)CPU_COUNT(&set);
	if (!sysinfo(&info))
		m->memory = (u64)info.totalram * info.mem_unit;
}
