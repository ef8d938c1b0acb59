/* /proc/self/stat: the fields that ps and others read */
#include "t.h"

int main(void)
{
	char buf[2048], comm[64], state;
	int pid, ppid, pgrp, session, tty, n;
	long utime, threads;
	unsigned long long start;
	unsigned long vsize;

	t_read_file("/proc/self/stat", buf, sizeof(buf));
	n = sscanf(buf,
		   "%d (%63[^)]) %c %d %d %d %d %*d %*u %*u %*u %*u %*u %ld %*d %*d %*d %*d %*d "
		   "%ld %*d %llu %lu",
		   &pid, comm, &state, &ppid, &pgrp, &session, &tty, &utime, &threads, &start,
		   &vsize);
	T_EQ(n, 11);
	T_EQ(pid, getpid());
	T_STR(comm, "proc_self_stat");
	T_EQ(state, 'R');
	T_EQ(ppid, getppid());
	T_EQ(pgrp, getpgrp());
	T_EQ(session, getsid(0));
	T_EQ(threads, 1);
	T_GT(start, 0);
	T_GT(vsize, 4096);
	n = 0;
	for (char *p = strrchr(buf, ')'); *p; p++)
		n += *p == ' ';
	T_EQ(n, 50);
	return 0;
}
