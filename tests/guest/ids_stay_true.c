/*
 * getpid, gettid and the user and group ids are those of the caller at every
 * moment: after fork, vfork, in threads, after set*id and after execve, though
 * asked again and again from the same place.
 */

#include "t.h"

static long ask(long nr)
{
	long first = syscall(nr);

	for (int i = 0; i < 5; i++)
		T_EQ(syscall(nr), first);
	return first;
}

/* What /proc says, which is never answered in advance. */
static long proc_says(const char *field, int nth)
{
	char buf[4096], *p;
	int fd = T_OK(open("/proc/thread-self/status", O_RDONLY));
	ssize_t n = T_OK(read(fd, buf, sizeof(buf) - 1));

	T_OK(close(fd));
	buf[n] = 0;
	p = strstr(buf, field);
	T_TRUE(p);
	p += strlen(field);
	for (; nth > 0; nth--)
		(void)strtol(p, &p, 10);
	return strtol(p, NULL, 10);
}

static void check(void)
{
	T_EQ(ask(SYS_getpid), proc_says("\nTgid:", 0));
	T_EQ(ask(SYS_gettid), proc_says("\nPid:", 0));
	T_EQ(ask(SYS_getuid), proc_says("\nUid:", 0));
	T_EQ(ask(SYS_geteuid), proc_says("\nUid:", 1));
	T_EQ(ask(SYS_getgid), proc_says("\nGid:", 0));
	T_EQ(ask(SYS_getegid), proc_says("\nGid:", 1));
}

static void *in_thread(void *arg)
{
	(void)arg;
	check();
	T_NE(ask(SYS_gettid), ask(SYS_getpid));
	return NULL;
}

static void in_child(void)
{
	pthread_t th;

	check();
	T_EQ(pthread_create(&th, NULL, in_thread, NULL), 0);
	T_EQ(pthread_join(th, NULL), 0);
	if (ask(SYS_getuid) == 0) {
		/* By the system calls: of this thread alone. */
		T_OK(syscall(SYS_setresgid, 11, 12, 13));
		check();
		T_EQ(ask(SYS_getegid), 12);
		T_OK(syscall(SYS_setresuid, 21, 0, 23));
		check();
		T_EQ(ask(SYS_getuid), 21);
		T_OK(syscall(SYS_setuid, 0));
		T_OK(syscall(SYS_setresuid, 31, 32, 33));
		check();
		T_EQ(ask(SYS_geteuid), 32);
	}
	T_OK(execl("/proc/self/exe", "ids_stay_true", "again", (char *)NULL));
}

int main(int argc, char **argv)
{
	long pid, tid;
	pid_t child;

	(void)argv;
	check();
	if (argc > 1)
		return 0;
	pid = ask(SYS_getpid);
	tid = ask(SYS_gettid);
	for (int i = 0; i < 3; i++) {
		child = T_OK(fork());
		if (child == 0) {
			T_NE(ask(SYS_getpid), pid);
			T_EQ(ask(SYS_getppid), pid);
			in_child();
		}
		t_reap(child);
		child = T_OK(vfork());
		if (child == 0) {
			if (syscall(SYS_getpid) == pid || syscall(SYS_gettid) == tid ||
			    syscall(SYS_getppid) != pid)
				_exit(1);
			_exit(0);
		}
		T_EQ(ask(SYS_getpid), pid);
		T_EQ(ask(SYS_gettid), tid);
		t_reap(child);
		check();
	}
	return 0;
}
