/* getrusage(2), sysinfo(2) */
#include <sys/resource.h>
#include <sys/sysinfo.h>

#include "gen/sys_proto.h"
#include "host/host.h"
#include "kernel/rusage.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

long sys_getrusage(struct task *t, int who, uaddr_t ru)
{
	struct rusage out;

	mutex_lock(&tasklist_lock);
	if (who == RUSAGE_CHILDREN)
		rusage_children_locked(t->tg, &out);
	else
		rusage_tgroup_locked(t->tg, &out);
	mutex_unlock(&tasklist_lock);
	switch (who) {
	case RUSAGE_SELF:
		rusage_host(t, &out);
		break;
	case RUSAGE_CHILDREN:
		break;
	case RUSAGE_THREAD: {
		struct rusage all = out;

		rusage_host(t, &all);
		rusage_task(t, &out);
		out.ru_maxrss = all.ru_maxrss;
		break;
	}
	default:
		return -EINVAL;
	}
	return copy_to_user(t, ru, &out, sizeof(out));
}

/* Uptime, load and memory are the host's, as the clocks are; processes are ours. */
long sys_sysinfo(struct task *t, uaddr_t info)
{
	struct sysinfo si = {0};
	int err = host_sysinfo(&si);

	if (err)
		return err;
	si.procs = (unsigned short)min(nr_tasks(), (unsigned)UINT16_MAX);
	return copy_to_user(t, info, &si, sizeof(si));
}
