/*
 * Process identifiers.  A struct pid is the stable identity behind a number:
 * thread, process, process group and session all hang on it, as on Linux, and
 * whoever keeps a reference (pidfd, F_SETOWN, a terminal) never meets a reused
 * number.
 *
 * Locks: tasklist_lock (LOCK_TASKS) guards the table, every link between tasks,
 * thread groups, process groups and sessions, and the parent/child tree.
 */
#pragma once
#include "lib/base.h"
#include "lib/list.h"
#include "lib/mutex.h"
#include "lib/ref.h"
#include "lib/waitq.h"

struct task;
struct tgroup;

extern struct mutex tasklist_lock; /* LOCK_TASKS */

#define PID_MAX_GUEST 4194304

struct pid {
	struct ref ref;
	pid_t nr;                 /* immutable */
	struct task *task;        /* thread of this number, or NULL; tasklist_lock */
	struct tgroup *tg;        /* process of this number, or NULL; tasklist_lock */
	struct list_head pgrp;    /* tgroup.pgrp_node: members; tasklist_lock */
	struct list_head session; /* tgroup.session_node: members; tasklist_lock */
	struct waitq wq;          /* pidfd: woken when the process ends */
	bool dead;                /* process has ended (zombie or gone); atomic */
};

/* pid_init - start the table; the first pid given out is 1 */
void pid_init(void);

/* pid_create - the next free number; -EAGAIN when none is left, -ENOMEM */
int pid_create(struct pid **ret) must_check;

/* pid_create_nr - this very number (clone3's set_tid); -EEXIST, -EINVAL, -ENOMEM */
int pid_create_nr(pid_t nr, struct pid **ret) must_check;

struct pid *pid_get(struct pid *p);

/* pid_put - the last reference frees the number */
void pid_put(struct pid *p);

/* pid_find_locked - by number; NULL: none.  Not counted: use or pid_get() it under the lock. */
struct pid *pid_find_locked(pid_t nr) REQUIRES(tasklist_lock);

/* pid_find_get - the same, counted */
struct pid *pid_find_get(pid_t nr);

/* task_find_get, tgroup_find_get - a counted task or process by number, or NULL */
struct task *task_find_get(pid_t tid);
struct tgroup *tgroup_find_get(pid_t tgid);

/*
 * tgroup_next_get - processes in the order of their numbers, for /proc and kill(-1)
 * @after: only numbers above it
 *
 * Return: counted, zombies included, or NULL at the end.
 */
struct tgroup *tgroup_next_get(pid_t after);

/* nr_tasks - how many threads there are now, zombies included */
unsigned nr_tasks(void);

/* nr_tasks_add - for task_publish_locked() and task_unpublish_locked() only */
void nr_tasks_add(int n);
