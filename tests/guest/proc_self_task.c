/* /proc/self/task lists the threads, each with its own name */
#include <dirent.h>
#include <sys/prctl.h>

#include "t.h"

static volatile pid_t tid;
static volatile int stop;

static void *run(void *arg)
{
	T_OK(prctl(PR_SET_NAME, "second"));
	tid = t_gettid();
	while (!stop)
		usleep(500);
	return arg;
}

int main(void)
{
	char path[64], buf[32];
	struct dirent *d;
	pthread_t t;
	DIR *dir;
	int n = 0;

	T_EQ(pthread_create(&t, NULL, run, NULL), 0);
	while (tid == 0)
		sched_yield();
	snprintf(path, sizeof(path), "/proc/self/task/%d/comm", tid);
	t_read_file(path, buf, sizeof(buf));
	T_STR(buf, "second\n");
	dir = opendir("/proc/self/task");
	T_TRUE(dir != NULL);
	while ((d = readdir(dir)))
		n += d->d_name[0] != '.';
	T_EQ(n, 2);
	stop = 1;
	T_EQ(pthread_join(t, NULL), 0);
	return 0;
}
