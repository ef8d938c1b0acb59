/* Row 43: processes of the host cannot be seen, signalled, traced or read */
#include <sys/ptrace.h>

#include "a.h"

int main(void)
{
	pid_t victim = a_number("ATTACK_PID"), pid;
	char buf[64], path[64];
	struct iovec local = {buf, 64}, remote = {(void *)0x400000, 64};
	struct dirent *d;
	DIR *dir;

	/* the number may belong to a process of ours only if it is small */
	if (victim > 1000) {
		T_ERR(kill(victim, SIGTERM), ESRCH);
		T_ERR(kill(-victim, SIGTERM), ESRCH);
		T_ERR(syscall(SYS_tgkill, victim, victim, SIGTERM), ESRCH);
		T_ERR(syscall(SYS_pidfd_open, victim, 0), ESRCH);
		T_EQ(process_vm_readv(victim, &local, 1, &remote, 1, 0), -1);
		T_EQ(ptrace(PTRACE_ATTACH, victim, NULL, NULL), -1);
		T_EQ(syscall(SYS_getpriority, 0, victim), -1);
		T_ERR(getpgid(victim), ESRCH);
		T_ERR(sched_getscheduler(victim), ESRCH);
		snprintf(path, sizeof(path), "/proc/%d/cmdline", victim);
		T_ERR(open(path, O_RDONLY), ENOENT);
	}
	dir = opendir("/proc");
	T_TRUE(dir != NULL);
	while ((d = readdir(dir))) {
		pid = atoi(d->d_name);
		if (pid <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
		t_read_file(path, buf, sizeof(buf));
		T_TRUE(pid == getpid() || strncmp(buf, "/bin/attack", 11) == 0 || buf[0] == '\0');
	}
	/* everybody there is gets a signal: the sandbox's own, and that is nobody else */
	pid = T_OK(fork());
	if (pid == 0) {
		t_on_signal(SIGTERM, SIG_IGN, 0);
		kill(-1, SIGTERM);
		_exit(0);
	}
	t_on_signal(SIGTERM, SIG_IGN, 0);
	t_status(pid);
	a_survives();
	return 0;
}
