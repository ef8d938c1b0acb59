/*
 * The tracer: the host takes ptrace requests from the thread that traces, and
 * from no other.  It is the first worker.
 *
 * With one worker every fiber runs on it, and a request is a function call.
 * Fibers of other workers hand theirs to a fiber here, and sleep meanwhile.
 *
 * Locks: queue_lock.
 */
#include <pthread.h>
#include <sys/wait.h>

#include "lib/log.h"
#include "platform/ptrace/ptrace.h"

struct request {
	struct list_head node;
	int (*fn)(const struct pt_args *a);
	const struct pt_args *args;
	struct parker *caller;
	int ret;
	bool done; /* guarded by queue_lock */
};

static pthread_t tracer;
static struct spinlock queue_lock;
static struct list_head queue;  /* guarded by queue_lock */
static struct parker *clerk;    /* guarded by queue_lock; NULL: none runs */
static struct parker *farewell; /* guarded by queue_lock: waits for the clerk's end */
static bool stopping;           /* guarded by queue_lock */

bool pt_tracer_here(void)
{
	return pthread_equal(tracer, pthread_self());
}

int pt_trace(int (*fn)(const struct pt_args *a), const struct pt_args *a)
{
	struct request r = {.fn = fn, .args = a, .caller = park_self()};

	if (pt_tracer_here())
		return fn(a);
	spin_lock(&queue_lock);
	list_add_tail(&r.node, &queue);
	if (clerk)
		unpark(clerk);
	while (!r.done) {
		spin_unlock(&queue_lock);
		park(PARK_FOREVER);
		spin_lock(&queue_lock);
	}
	spin_unlock(&queue_lock);
	return r.ret;
}

static struct request *next_request(void)
{
	struct request *r = NULL;

	spin_lock(&queue_lock);
	if (!list_empty(&queue)) {
		r = list_first_entry(&queue, struct request, node);
		list_del(&r->node);
	}
	spin_unlock(&queue_lock);
	return r;
}

static void answer(struct request *r, int ret)
{
	spin_lock(&queue_lock);
	r->ret = ret;
	r->done = true;
	/* Under the lock: the caller's frame is gone once it sees done. */
	unpark(r->caller);
	spin_unlock(&queue_lock);
}

static bool may_go_on(void)
{
	bool go_on;

	spin_lock(&queue_lock);
	go_on = !stopping;
	spin_unlock(&queue_lock);
	return go_on;
}

static void serve(void *arg)
{
	struct request *r;

	(void)arg;
	spin_lock(&queue_lock);
	clerk = park_self();
	spin_unlock(&queue_lock);
	while (may_go_on()) {
		while ((r = next_request()))
			answer(r, r->fn(r->args));
		park(PARK_FOREVER);
	}
	spin_lock(&queue_lock);
	clerk = NULL;
	if (farewell)
		unpark(farewell);
	spin_unlock(&queue_lock);
}

void pt_tracer_init(void)
{
	tracer = pthread_self();
	spin_init(&queue_lock);
	list_init(&queue);
	clerk = NULL;
	farewell = NULL;
	stopping = false;
}

int pt_tracer_start(void)
{
	struct fiber *f;

	return fiber_create("tracer", serve, NULL, &f);
}

/* By the tracer after its last fiber has run, or by a thread that is no worker. */
void pt_tracer_stop(void)
{
	spin_lock(&queue_lock);
	stopping = true;
	if (clerk && !pt_tracer_here()) {
		farewell = park_self();
		unpark(clerk);
		while (clerk) {
			spin_unlock(&queue_lock);
			park(PARK_FOREVER);
			spin_lock(&queue_lock);
		}
	}
	spin_unlock(&queue_lock);
}

int pt_await(pid_t tid)
{
	siginfo_t info;
	int err;

	do {
		info.si_pid = 0;
		err = host_waitid(P_PID, (id_t)tid, &info, WSTOPPED | __WALL, NULL);
	} while (err == -EINTR);
	if (!err)
		return info.si_status;
	/*
	 * -ECHILD: dead, and its death is still to be told (dispatch.c).  Else it stops
	 * where nobody waits for it, with registers that are nobody's: it may not go on.
	 */
	if (err != -ECHILD && host_kill(tid, SIGKILL))
		log_debug("thread %d is gone already", tid);
	return -ESRCH;
}
