/*
 * meminfo, cpuinfo, uptime, loadavg, stat and version have the fields programs
 * look for
 */
#include "t.h"

static char buf[262144];

int main(void)
{
	double up, idle, load[3];
	long total, cpus = 0;
	char *at;

	t_read_file("/proc/meminfo", buf, sizeof(buf));
	T_EQ(sscanf(buf, "MemTotal: %ld kB", &total), 1);
	T_GT(total, 1000);
	T_TRUE(strstr(buf, "\nMemFree:") != NULL);
	T_TRUE(strstr(buf, "\nMemAvailable:") != NULL);
	t_read_file("/proc/cpuinfo", buf, sizeof(buf));
	for (at = buf; (at = strstr(at, "processor\t:")); at++)
		cpus++;
	T_GE(cpus, 1);
	T_TRUE(strstr(buf, "flags\t\t:") != NULL);
	T_TRUE(strstr(buf, "model name\t:") != NULL);
	t_read_file("/proc/uptime", buf, sizeof(buf));
	T_EQ(sscanf(buf, "%lf %lf\n", &up, &idle), 2);
	T_GE(up, 0);
	t_read_file("/proc/loadavg", buf, sizeof(buf));
	T_EQ(sscanf(buf, "%lf %lf %lf", &load[0], &load[1], &load[2]), 3);
	t_read_file("/proc/stat", buf, sizeof(buf));
	T_TRUE(strncmp(buf, "cpu  ", 5) == 0);
	T_TRUE(strstr(buf, "\nbtime ") != NULL);
	t_read_file("/proc/version", buf, sizeof(buf));
	T_TRUE(strncmp(buf, "Linux version ", 14) == 0);
	return 0;
}
