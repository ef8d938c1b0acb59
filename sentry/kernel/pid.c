/*
 * Numbers of threads, processes, groups and sessions (pid.h).
 *
 * The table has two levels: leaves of 2,048 slots, made when first used and
 * freed when empty.  Numbers are handed out in rising order and start again
 * at RESERVED_PIDS, as on Linux, so a number is not used again soon.
 *
 * Locks: table_lock guards the slots; tasklist_lock what hangs on a struct pid.
 * A struct pid something hangs on has a reference, so that pid_find_locked()
 * never gives a dying one.
 */
#include "kernel/pid.h"

#include "kernel/task.h"
#include "lib/alloc.h"

#define LEAF_BITS     9
#define LEAF_SIZE     (1 << LEAF_BITS)
#define NR_LEAVES     (PID_MAX_GUEST >> LEAF_BITS)
#define RESERVED_PIDS 300

struct leaf {
	unsigned used;
	struct pid *slot[LEAF_SIZE];
};

struct mutex tasklist_lock;

static struct spinlock table_lock;
static struct leaf *leaves[NR_LEAVES]; /* table_lock */
static pid_t last_nr;                  /* table_lock */
static unsigned task_count;            /* atomic */

void pid_init(void)
{
	mutex_init(&tasklist_lock, LOCK_TASKS);
	spin_init(&table_lock);
	last_nr = 0;
}

/* The slot of @nr; NULL when its leaf does not exist. */
static struct pid **slot_of(pid_t nr)
{
	struct leaf *l = leaves[nr >> LEAF_BITS];

	return l ? &l->slot[nr & (LEAF_SIZE - 1)] : NULL;
}

/* The first free number of [@from, PID_MAX_GUEST), or 0. */
static pid_t find_free(pid_t from)
{
	pid_t nr = from;

	while (nr < PID_MAX_GUEST) {
		struct leaf *l = leaves[nr >> LEAF_BITS];

		if (!l)
			return nr;
		if (l->used == LEAF_SIZE)
			nr = (nr | (LEAF_SIZE - 1)) + 1;
		else if (l->slot[nr & (LEAF_SIZE - 1)])
			nr++;
		else
			return nr;
	}
	return 0;
}

/*
 * Put @p into the table under @nr, or under the next free number if @nr is 0.
 * *@spare is a leaf to use if one is missing, and NULL once it is used.
 * -ENOMEM: a leaf is missing and there is no spare one.
 */
static int table_add(struct pid *p, pid_t nr, struct leaf **spare)
{
	struct leaf **l;

	if (nr && slot_of(nr) && *slot_of(nr))
		return -EEXIST;
	if (!nr)
		nr = find_free(last_nr + 1);
	if (!nr)
		nr = find_free(RESERVED_PIDS);
	if (!nr)
		return -EAGAIN;
	l = &leaves[nr >> LEAF_BITS];
	if (!*l) {
		if (!*spare)
			return -ENOMEM;
		*l = steal(spare);
	}
	p->nr = last_nr = nr;
	(*l)->slot[nr & (LEAF_SIZE - 1)] = p;
	(*l)->used++;
	return 0;
}

static int table_add_locking(struct pid *p, pid_t nr, struct leaf **spare)
{
	int err;

	spin_lock(&table_lock);
	err = table_add(p, nr, spare);
	spin_unlock(&table_lock);
	return err;
}

static int create(pid_t nr, struct pid **ret)
{
	cleanup_free struct leaf *spare = NULL;
	struct pid *p = kzalloc(sizeof(*p));
	int err;

	if (!p)
		return -ENOMEM;
	ref_init(&p->ref);
	list_init(&p->pgrp);
	list_init(&p->session);
	waitq_init(&p->wq);
	err = table_add_locking(p, nr, &spare);
	if (err == -ENOMEM) {
		spare = kzalloc(sizeof(*spare));
		if (spare)
			err = table_add_locking(p, nr, &spare);
	}
	if (err)
		kfree(p);
	else
		*ret = p;
	return err;
}

int pid_create(struct pid **ret)
{
	return create(0, ret);
}

int pid_create_nr(pid_t nr, struct pid **ret)
{
	if (nr < 1 || nr >= PID_MAX_GUEST)
		return -EINVAL;
	return create(nr, ret);
}

struct pid *pid_get(struct pid *p)
{
	ref_get(&p->ref);
	return p;
}

void pid_put(struct pid *p)
{
	struct leaf **l, *empty = NULL;

	if (!ref_put(&p->ref))
		return;
	spin_lock(&table_lock);
	l = &leaves[p->nr >> LEAF_BITS];
	(*l)->slot[p->nr & (LEAF_SIZE - 1)] = NULL;
	if (--(*l)->used == 0) {
		empty = *l;
		*l = NULL;
	}
	spin_unlock(&table_lock);
	kfree(empty);
	kfree(p);
}

static bool in_use(const struct pid *p)
{
	return p->task || p->tg || !list_empty(&p->pgrp) || !list_empty(&p->session);
}

struct pid *pid_find_locked(pid_t nr)
{
	struct pid **slot, *p = NULL;

	if (nr < 1 || nr >= PID_MAX_GUEST)
		return NULL;
	spin_lock(&table_lock);
	slot = slot_of(nr);
	if (slot && *slot && in_use(*slot))
		p = *slot;
	spin_unlock(&table_lock);
	return p;
}

struct pid *pid_find_get(pid_t nr)
{
	struct pid *p;

	mutex_lock(&tasklist_lock);
	p = pid_find_locked(nr);
	if (p)
		pid_get(p);
	mutex_unlock(&tasklist_lock);
	return p;
}

struct task *task_find_get(pid_t tid)
{
	struct task *t = NULL;
	struct pid *p;

	mutex_lock(&tasklist_lock);
	p = pid_find_locked(tid);
	if (p && p->task)
		t = task_get(p->task);
	mutex_unlock(&tasklist_lock);
	return t;
}

struct tgroup *tgroup_find_get(pid_t tgid)
{
	struct tgroup *tg = NULL;
	struct pid *p;

	mutex_lock(&tasklist_lock);
	p = pid_find_locked(tgid);
	if (p && p->tg)
		tg = tgroup_get(p->tg);
	mutex_unlock(&tasklist_lock);
	return tg;
}

/* The first process with a number above @after. */
static struct tgroup *next_tgroup(pid_t after)
{
	pid_t nr = after + 1;

	while (nr < PID_MAX_GUEST) {
		struct leaf *l = leaves[nr >> LEAF_BITS];
		struct pid *p;

		if (!l) {
			nr = (nr | (LEAF_SIZE - 1)) + 1;
			continue;
		}
		p = l->slot[nr & (LEAF_SIZE - 1)];
		if (p && p->tg)
			return p->tg;
		nr++;
	}
	return NULL;
}

struct tgroup *tgroup_next_get(pid_t after)
{
	struct tgroup *tg;

	mutex_lock(&tasklist_lock);
	spin_lock(&table_lock);
	tg = after < 0 || after >= PID_MAX_GUEST ? NULL : next_tgroup(after);
	spin_unlock(&table_lock);
	if (tg)
		tgroup_get(tg);
	mutex_unlock(&tasklist_lock);
	return tg;
}

unsigned nr_tasks(void)
{
	return __atomic_load_n(&task_count, __ATOMIC_RELAXED);
}

void nr_tasks_add(int n)
{
	__atomic_add_fetch(&task_count, n, __ATOMIC_RELAXED);
}
