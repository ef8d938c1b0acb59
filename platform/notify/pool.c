/*
 * Clean processes, forked from the zygote ahead of need, and the burial of the
 * dead ones: one fiber does both.
 *
 * The first program finds one.  Most programs never take another, since execve
 * stays where it is; after the second (posix_spawn, set-ID) some stand ready.
 *
 * Locks: pool.mu (LOCK_VCPU), never held while a process is made; grave_lock.
 */
#include "platform/notify/pool.h"

#include <pthread.h>
#include <sys/wait.h>

#include "lib/alloc.h"
#include "lib/log.h"
#include "lib/waitq.h"
#include "platform/notify/birth.h"
#include "platform/notify/frame.h"
#include "platform/notify/notify.h"

#define POOL_SIZE  2
#define REAP_AGAIN (20 * NSEC_PER_MSEC)

struct clean {
	struct aspace *as;
	struct vcpu *v;
};

static struct {
	struct mutex mu; /* LOCK_VCPU */
	struct waitq wq; /* one is ready, or could not be made */
	bool stopping;   /* atomic: the keeper is to end */

	struct clean ready[POOL_SIZE]; /* guarded by mu */
	unsigned nr_ready;             /* guarded by mu */
	unsigned nr_taken;             /* guarded by mu */
	unsigned nr_failures;          /* guarded by mu: wakes those who wait for the next */
	int error;                     /* guarded by mu: of the last attempt */
	unsigned nr_waiting;           /* guarded by mu */
	bool asked;                    /* guarded by mu: somebody waits since the last attempt */
	bool stopped;                  /* guarded by mu */
} pool;

static struct spinlock grave_lock;
static struct list_head graves;       /* guarded by grave_lock */
static struct parker *keeper_to_wake; /* guarded by grave_lock; NULL: none runs */
static pthread_t keeper_thread;       /* guarded by grave_lock: its worker's */

/* A process that was killed before it was known, to be waited for. */
struct orphan {
	struct list_head node;
	pid_t pid;
};
static struct list_head orphans; /* guarded by grave_lock */

static void wake_keeper_locked(void) REQUIRES(grave_lock)
{
	if (keeper_to_wake)
		unpark(keeper_to_wake);
}

static void wake_keeper(void)
{
	spin_lock(&grave_lock);
	wake_keeper_locked();
	spin_unlock(&grave_lock);
}

void pool_bury(struct aspace *as)
{
	spin_lock(&grave_lock);
	list_add_tail(&as->node, &graves);
	wake_keeper_locked();
	spin_unlock(&grave_lock);
}

void pool_reap(pid_t pid)
{
	struct orphan *o = kzalloc(sizeof(*o));

	if (!o) {
		log_error("host process %d is left as a zombie", pid);
		return;
	}
	o->pid = pid;
	spin_lock(&grave_lock);
	list_add_tail(&o->node, &orphans);
	wake_keeper_locked();
	spin_unlock(&grave_lock);
}

/* True: some are still on their way. */
static bool reap_orphans(bool wait)
{
	struct list_head list;
	struct orphan *o, *next;
	bool left;

	list_init(&list);
	spin_lock(&grave_lock);
	list_splice_tail(&orphans, &list);
	spin_unlock(&grave_lock);
	list_for_each_entry_safe (o, next, &list, node) {
		/* A fork that failed half way may have adopted it.  -ECHILD: it was a thread. */
		if (!aspace_stands_for(o->pid) &&
		    host_wait4(o->pid, NULL, (wait ? 0 : WNOHANG) | __WALL, NULL) == 0)
			continue;
		list_del(&o->node);
		kfree(o);
	}
	left = !list_empty(&list);
	spin_lock(&grave_lock);
	list_splice_tail(&list, &orphans);
	spin_unlock(&grave_lock);
	return left;
}

static void bury_all(void)
{
	struct list_head dead;

	list_init(&dead);
	spin_lock(&grave_lock);
	list_splice_tail(&graves, &dead);
	spin_unlock(&grave_lock);
	while (!list_empty(&dead)) {
		struct aspace *as = list_first_entry(&dead, struct aspace, node);

		list_del(&as->node);
		aspace_free(as);
	}
}

static void discard(struct clean *c)
{
	vcpu_destroy(c->v);
	aspace_put(c->as);
}

/* One more, or the reason why not, for those who wait. */
static void refill(void)
{
	struct clean c;
	int err = aspace_fork(notify.zygote, &c.as, &c.v);

	if (!err) {
		frame_clear(c.v);
		err = birth_finish(c.v);
		if (err) {
			discard(&c);
			err = -EAGAIN;
		}
	}
	if (err && err != -ESRCH)
		log_warn("no new host process: %s", strerror(-err));
	/* Without zygote there is nobody to wait for either; that it is lost was told. */
	if (err == -ESRCH)
		err = -EAGAIN;
	mutex_lock(&pool.mu);
	pool.error = err;
	if (err)
		pool.nr_failures++;
	else
		pool.ready[pool.nr_ready++] = c;
	mutex_unlock(&pool.mu);
	waitq_wake_all(&pool.wq);
}

/* After a failure only for somebody who asks again. */
static bool wants_refill(void)
{
	unsigned want;
	bool wants;

	mutex_lock(&pool.mu);
	want = pool.nr_taken > 1 ? POOL_SIZE : pool.nr_taken == 0;
	want = max(want, pool.nr_waiting);
	wants = pool.nr_ready < min(want, (unsigned)POOL_SIZE) && (pool.asked || !pool.error);
	pool.asked = false;
	mutex_unlock(&pool.mu);
	return wants;
}

static bool is_stopping(void)
{
	return __atomic_load_n(&pool.stopping, __ATOMIC_ACQUIRE);
}

static void set_keeper(struct parker *p)
{
	spin_lock(&grave_lock);
	keeper_to_wake = p;
	keeper_thread = pthread_self();
	spin_unlock(&grave_lock);
}

static void keeper(void *arg)
{
	(void)arg;
	set_keeper(park_self());
	while (!is_stopping()) {
		bool again;

		bury_all();
		again = reap_orphans(false);
		if (wants_refill())
			refill();
		else
			park(again ? now_ns() + REAP_AGAIN : PARK_FOREVER);
	}
	set_keeper(NULL);
	mutex_lock(&pool.mu);
	pool.stopped = true;
	mutex_unlock(&pool.mu);
	waitq_wake_all(&pool.wq);
}

void pool_init(void)
{
	memset(&pool, 0, sizeof(pool));
	mutex_init(&pool.mu, LOCK_VCPU);
	waitq_init(&pool.wq);
	spin_init(&grave_lock);
	list_init(&graves);
	list_init(&orphans);
	keeper_to_wake = NULL;
}

int pool_start(void)
{
	struct fiber *f;

	return fiber_create("pool", keeper, NULL, &f);
}

/* False: it has not begun, or its worker is the caller, who no longer runs fibers. */
static bool keeper_can_end(void)
{
	bool can;

	spin_lock(&grave_lock);
	can = keeper_to_wake && !pthread_equal(keeper_thread, pthread_self());
	spin_unlock(&grave_lock);
	return can;
}

static void await_keeper(void)
{
	mutex_lock(&pool.mu);
	while (!pool.stopped)
		waitq_wait_uninterruptible_locked(&pool.wq, 0, &pool.mu);
	mutex_unlock(&pool.mu);
}

void pool_stop(void)
{
	__atomic_store_n(&pool.stopping, true, __ATOMIC_RELEASE);
	if (keeper_can_end()) {
		wake_keeper();
		await_keeper();
	}
	for (unsigned i = 0; i < pool.nr_ready; i++)
		discard(&pool.ready[i]);
	pool.nr_ready = 0;
}

void pool_bury_rest(void)
{
	bury_all();
	reap_orphans(true);
}

static int take_ready(struct clean *ret)
{
	unsigned failures;
	int err = 0;

	mutex_lock(&pool.mu);
	failures = pool.nr_failures;
	pool.nr_waiting++;
	while (pool.nr_ready == 0 && pool.nr_failures == failures) {
		pool.asked = true;
		wake_keeper();
		waitq_wait_uninterruptible_locked(&pool.wq, 0, &pool.mu);
	}
	pool.nr_waiting--;
	if (pool.nr_ready) {
		*ret = pool.ready[--pool.nr_ready];
		pool.nr_taken++;
	} else {
		err = pool.error;
	}
	mutex_unlock(&pool.mu);
	wake_keeper();
	return err;
}

int notify_aspace_create(struct aspace **ret, struct vcpu **ret_vcpu)
{
	struct clean c = {NULL, NULL};
	int err = take_ready(&c);

	if (err)
		return err;
	if (keep_drop_old(c.v)) {
		discard(&c);
		return -EAGAIN;
	}
	*ret = c.as;
	*ret_vcpu = c.v;
	return 0;
}
