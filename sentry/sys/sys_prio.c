/* getpriority(2), setpriority(2), ioprio_get(2), ioprio_set(2) */
#include <linux/ioprio.h>
#include <sys/resource.h>

#include "gen/sys_proto.h"
#include "kernel/cred.h"
#include "kernel/prio.h"
#include "kernel/task.h"

static void get_one(struct prio_walk *w, struct task *t)
{
	w->value = w->any ? min(w->value, prio_get_nice(t)) : prio_get_nice(t);
}

/* One that fails is told even if others were changed. */
static void set_one(struct prio_walk *w, struct task *t)
{
	int err = prio_set_nice(w->caller, t, w->value);

	if (err || !w->any)
		w->err = err;
}

/* The raw call gives 20 - nice, so that no value is negative. */
long sys_getpriority(struct task *t, int which, int who)
{
	struct prio_walk w = {.caller = t, .fn = get_one};
	int err = prio_walk(&w, which, who);

	return err ? err : 20 - w.value;
}

long sys_setpriority(struct task *t, int which, int who, int niceval)
{
	struct prio_walk w = {.caller = t, .fn = set_one, .value = niceval};
	int err = prio_walk(&w, which, who);

	return err ? err : w.err;
}

/* For one process what was set; for many the best of what is in force. */
static void get_io(struct prio_walk *w, struct task *t)
{
	int io = prio_get_io(t);

	if (w->which != PRIO_PROCESS && IOPRIO_PRIO_CLASS(io) == IOPRIO_CLASS_NONE)
		io = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, (prio_get_nice(t) + 20) / 5);
	w->value = w->any ? min(w->value, io) : io;
}

static void set_io(struct prio_walk *w, struct task *t)
{
	int err = prio_set_io(w->caller, t, w->value);

	if (err && !w->err)
		w->err = err;
}

static int check_io(struct task *t, int ioprio)
{
	switch (ioprio >> IOPRIO_CLASS_SHIFT) {
	case IOPRIO_CLASS_RT:
		if (!task_capable(t, CAP_SYS_ADMIN) && !task_capable(t, CAP_SYS_NICE))
			return -EPERM;
		return 0;
	case IOPRIO_CLASS_BE:
	case IOPRIO_CLASS_IDLE:
		return 0;
	case IOPRIO_CLASS_NONE:
		return ioprio & 7 ? -EINVAL : 0;
	default:
		return -EINVAL;
	}
}

/* The same in the words of setpriority(2); whatever else is none of them. */
static int kind_of(int which)
{
	return which < IOPRIO_WHO_PROCESS ? -1 : which - IOPRIO_WHO_PROCESS;
}

long sys_ioprio_get(struct task *t, int which, int who)
{
	struct prio_walk w = {.caller = t, .fn = get_io};
	int err = prio_walk(&w, kind_of(which), who);

	return err ? err : w.value;
}

long sys_ioprio_set(struct task *t, int which, int who, int ioprio)
{
	struct prio_walk w = {.caller = t, .fn = set_io, .value = ioprio};
	int err = check_io(t, ioprio);

	if (!err)
		err = prio_walk(&w, kind_of(which), who);
	return err ? err : w.err;
}
