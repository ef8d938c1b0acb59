/* getpid(2), getppid(2), gettid(2), setsid(2), setpgid(2) and their kin */
#include "gen/sys_proto.h"
#include "kernel/session.h"
#include "kernel/task.h"

long sys_getpid(struct task *t)
{
	return task_tgid(t);
}

long sys_gettid(struct task *t)
{
	return task_tid(t);
}

long sys_getppid(struct task *t)
{
	return __atomic_load_n(&t->tg->ppid, __ATOMIC_RELAXED);
}

long sys_getpgrp(struct task *t)
{
	return session_get_pgrp(t, 0);
}

long sys_getpgid(struct task *t, pid_t pid)
{
	return session_get_pgrp(t, pid);
}

long sys_getsid(struct task *t, pid_t pid)
{
	return session_get_sid(t, pid);
}

long sys_setpgid(struct task *t, pid_t pid, pid_t pgid)
{
	return session_set_pgrp(t, pid, pgid);
}

long sys_setsid(struct task *t)
{
	pid_t sid;
	int err = session_create(t, &sid);

	return err ? err : sid;
}
