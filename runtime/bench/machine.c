/* What we run on, so that figures of different machines are not taken for each other's. */
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

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

/* Processor time in seconds: of all processors, of those that were busy, and of our own kind. */
struct account {
	double all, busy, ours;
};

static double seconds(const struct timeval *tv)
{
	return (double)tv->tv_sec + (double)tv->tv_usec / 1e6;
}

static double used_by(int who)
{
	struct rusage u;

	return getrusage(who, &u) ? 0 : seconds(&u.ru_utime) + seconds(&u.ru_stime);
}

static struct account account_now(void)
{
	unsigned long long t[8] = {0};
	struct account a = {.ours = used_by(RUSAGE_SELF) + used_by(RUSAGE_CHILDREN)};
	double hz = (double)sysconf(_SC_CLK_TCK);
	FILE *f = fopen("/proc/stat", "re");

	if (!f)
		return a;
	/* user, nice, system, idle, waiting, interrupts (2), and what the hypervisor gave to others
	 */
	if (fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &t[0], &t[1], &t[2], &t[3],
		   &t[4], &t[5], &t[6], &t[7]) == 8)
		for (int i = 0; i < 8; i++) {
			a.all += (double)t[i] / hz;
			a.busy += i == 3 || i == 4 ? 0 : (double)t[i] / hz;
		}
	fclose(f);
	return a;
}

static struct account watched;

void machine_watch(void)
{
	watched = account_now();
}

void machine_watched(struct bench_machine *m)
{
	struct account now = account_now();
	double all = now.all - watched.all;
	double others = (now.busy - watched.busy) - (now.ours - watched.ours);

	m->others = all > 0 ? fmax(0, others / all) : NAN;
}
