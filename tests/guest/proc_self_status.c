/* /proc/self/status: name, ids, threads, signal masks */
#include "t.h"

static long field(const char *text, const char *name, int base)
{
	const char *at = strstr(text, name);

	if (!at)
		t_die("no %s in status", name);
	return strtol(at + strlen(name), NULL, base);
}

int main(void)
{
	static char buf[16384];
	sigset_t set;

	t_block(SIGUSR1);
	t_on_signal(SIGUSR2, SIG_IGN, 0);
	t_on_signal(SIGALRM, t_ignore_signal, 0);
	T_OK(sigprocmask(SIG_BLOCK, NULL, &set));
	t_read_file("/proc/self/status", buf, sizeof(buf));
	T_TRUE(strncmp(buf, "Name:\tproc_self_statu\n", 22) == 0);
	T_EQ(field(buf, "\nPid:", 10), getpid());
	T_EQ(field(buf, "\nTgid:", 10), getpid());
	T_EQ(field(buf, "\nPPid:", 10), getppid());
	T_EQ(field(buf, "\nUid:", 10), getuid());
	T_EQ(field(buf, "\nGid:", 10), getgid());
	T_EQ(field(buf, "\nThreads:", 10), 1);
	T_EQ(field(buf, "\nSigBlk:", 16), 1L << (SIGUSR1 - 1));
	T_EQ(field(buf, "\nSigIgn:", 16), 1L << (SIGUSR2 - 1));
	T_EQ(field(buf, "\nSigCgt:", 16) & (1L << (SIGALRM - 1)), 1L << (SIGALRM - 1));
	T_GT(field(buf, "\nVmRSS:", 10), 0);
	T_GT(field(buf, "\nVmSize:", 10), 0);
	T_TRUE(strstr(buf, "\nState:\tR (running)\n") != NULL);
	T_EQ(field(buf, "\nTracerPid:", 10), 0);
	return 0;
}
