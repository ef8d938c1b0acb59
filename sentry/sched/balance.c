/*
 * Which worker runs a fiber, and how many workers there are.
 *
 * A fiber begins where it was made: a child that is waited for, or the two ends
 * of a pipe, do best without waking another core.  A worker that finds several
 * fibers queued at its rounds, for a while, is crowded: its guests wait for it.
 * It then hands one of them to a worker that sleeps, or to a new one, or to one
 * with less to do.  One at a time, and not back at once, so that nothing bounces.
 *
 * Half of the cores are the guests'.
 *
 * Locks: none but those of the queues.
 */
#include "sched/internal.h"

#define CROWD_ONE     256u                /* one fiber queued, as worker->crowd counts */
#define CROWD_LIMIT   (CROWD_ONE * 3 / 2) /* from here on it is crowded */
#define CROWD_RECENT  8                   /* rounds that count */
#define CROWDED_FOR   NSEC_PER_MSEC       /* before one is handed over */
#define RESTLESS_EACH 8                   /* rounds */

static bool restless;      /* immutable: fibers change workers all the time, for tests */
static unsigned next_turn; /* atomic: the next worker, of a restless lot */

unsigned balance_init(unsigned nr)
{
	cpu_set_t cores;
	unsigned n = 1;

	restless = nr > 1;
	if (nr)
		return min(nr, (unsigned)WORKERS_MAX);
	if (!host_sched_getaffinity(0, &cores))
		n = (unsigned)CPU_COUNT(&cores) / 2;
	return min(max(n, 1u), (unsigned)WORKERS_MAX);
}

static struct worker *take_turn(void)
{
	struct worker *w = worker_each(__atomic_add_fetch(&next_turn, 1, __ATOMIC_RELAXED) % 64);

	if (!w) {
		__atomic_store_n(&next_turn, 0, __ATOMIC_RELAXED);
		w = worker_each(0);
	}
	return w;
}

struct worker *balance_place(void)
{
	return restless ? take_turn() : worker_here();
}

/* The one of @queue that would wait longest. */
static struct fiber *last_mobile(struct list_head *queue)
{
	struct fiber *f, *found = NULL;

	list_for_each_entry (f, queue, node)
		if (f->mobile)
			found = f;
	return found;
}

/* One that sleeps, or the least crowded of those that have clearly less to do, or NULL. */
static struct worker *find_idler(const struct worker *w)
{
	u32 least = w->crowd - CROWD_ONE / 2;
	struct worker *other, *found = NULL;

	for (unsigned i = 0; (other = worker_each(i)); i++) {
		u32 crowd = __atomic_load_n(&other->crowd, __ATOMIC_RELAXED);

		if (other == w)
			continue;
		if (__atomic_load_n(&other->sleeping, __ATOMIC_RELAXED))
			return other;
		if (crowd < least) {
			least = crowd;
			found = other;
		}
	}
	return found;
}

static bool is_crowded(struct worker *w, unsigned n)
{
	u32 crowd = w->crowd - w->crowd / CROWD_RECENT + n * (CROWD_ONE / CROWD_RECENT);
	u64 now;

	__atomic_store_n(&w->crowd, crowd, __ATOMIC_RELAXED);
	if (likely(n < 2 || crowd < CROWD_LIMIT)) {
		w->crowded_since = 0;
		return false;
	}
	now = now_ns();
	if (!w->crowded_since)
		w->crowded_since = now;
	return now - w->crowded_since >= CROWDED_FOR;
}

void balance_round(struct worker *w, struct list_head *queue, unsigned n)
{
	struct worker *to = NULL;
	struct fiber *f;

	if (restless && n && ++w->rounds % RESTLESS_EACH == 0)
		to = take_turn();
	else if (is_crowded(w, n))
		to = find_idler(w);
	else
		return;
	f = last_mobile(queue);
	if (!f || to == w)
		return;
	if (!to)
		to = worker_start();
	if (!to)
		return;
	w->crowded_since = 0;
	list_del(&f->node);
	fiber_hand_over(f, to);
}
