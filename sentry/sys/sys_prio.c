/* getpriority(2), setpriority(2) */
#include <sys/resource.h>

#include "gen/sys_proto.h"
#include "kernel/cred.h"
#include "kernel/prio.h"
#include "kernel/task.h"

/* Called for every thread meant; ends early when it says so. */
struct walk {
	struct task *caller;
	int nice; /* set: to this; get: the best so far */
	int err;  /* of set, as Linux reports it */
	bool any;
	void (*fn)(struct walk *w, struct task *t);
};

static void get_one(struct walk *w, struct task *t)
{
	int nice = prio_get_nice(t);

	if (!w->any || nice < w->nice)
		w->nice = nice;
	w->any = true;
}

static void set_one(struct walk *w, struct task *t)
{
	int err = prio_set_nice(w->caller, t, w->nice);

	/* One that fails is told even if others were changed. */
	if (err || !w->any)
		w->err = err;
	w->any = true;
}

static bool is_meant(struct task *t, int which, struct pid *pgrp, u32 uid)
{
	cleanup_cred struct cred *c = NULL;
	bool meant;

	if (which == PRIO_PGRP) {
		mutex_lock(&tasklist_lock);
		meant = t->tg->pgrp == pgrp;
		mutex_unlock(&tasklist_lock);
		return meant;
	}
	c = task_cred_get(t);
	return c->uid == uid;
}

/* Every thread of a process; they are few, and may come and go meanwhile. */
static struct task *next_thread_get(struct tgroup *tg, pid_t after)
{
	struct task *t, *best = NULL;

	mutex_lock(&tasklist_lock);
	list_for_each_entry (t, &tg->threads, thread_node) {
		if (task_tid(t) > after && (!best || task_tid(t) < task_tid(best)))
			best = t;
	}
	if (best)
		task_get(best);
	mutex_unlock(&tasklist_lock);
	return best;
}

static void walk_all(struct walk *w, int which, struct pid *pgrp, u32 uid)
{
	struct tgroup *tg, *next;

	for (tg = tgroup_next_get(0); tg; tg = next) {
		struct task *t, *after;

		for (t = next_thread_get(tg, 0); t; t = after) {
			if (is_meant(t, which, pgrp, uid))
				w->fn(w, t);
			after = next_thread_get(tg, task_tid(t));
			task_put(t);
		}
		next = tgroup_next_get(tg->pid->nr);
		tgroup_put(tg);
	}
}

static int walk(struct walk *w, int which, int who)
{
	cleanup_task struct task *one = NULL;
	cleanup_pid struct pid *pgrp = NULL;

	switch (which) {
	case PRIO_PROCESS:
		one = who ? task_find_get(who) : task_get(w->caller);
		if (one)
			w->fn(w, one);
		break;
	case PRIO_PGRP:
		if (who) {
			pgrp = pid_find_get(who);
		} else {
			mutex_lock(&tasklist_lock);
			pgrp = pid_get(w->caller->tg->pgrp);
			mutex_unlock(&tasklist_lock);
		}
		if (pgrp)
			walk_all(w, which, pgrp, 0);
		break;
	case PRIO_USER:
		walk_all(w, which, NULL, who ? (u32)who : w->caller->cred->uid);
		break;
	default:
		return -EINVAL;
	}
	return w->any ? 0 : -ESRCH;
}

/* The raw call gives 20 - nice, so that no value is negative. */
long sys_getpriority(struct task *t, int which, int who)
{
	struct walk w = {.caller = t, .fn = get_one};
	int err = walk(&w, which, who);

	return err ? err : 20 - w.nice;
}

long sys_setpriority(struct task *t, int which, int who, int niceval)
{
	struct walk w = {.caller = t, .fn = set_one, .nice = niceval};
	int err = walk(&w, which, who);

	return err ? err : w.err;
}
