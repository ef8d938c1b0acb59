/* lib/mutex.c, lib/park.c, lib/waitq.c: exclusion, order, sleeping and waking */
#include "lib/mutex.h"

#include <pthread.h>

#include "lib/park.h"
#include "lib/waitq.h"
#include "tests/unit/harness.h"

#define NR_THREADS 4
#define NR_TURNS   20000

static struct mutex mu, other;
static struct waitq wq;
static long count;

static void start(void)
{
	mutex_init(&mu, LOCK_INODE);
	mutex_init(&other, LOCK_INODE);
	waitq_init(&wq);
	count = 0;
}

static void *add_many(void *arg)
{
	(void)arg;
	for (int i = 0; i < NR_TURNS; i++) {
		mutex_lock(&mu);
		count++;
		mutex_unlock(&mu);
	}
	return NULL;
}

static void run_threads(void *(*fn)(void *arg), void *arg)
{
	pthread_t t[NR_THREADS];

	for (int i = 0; i < NR_THREADS; i++)
		CHECK_EQ(0, pthread_create(&t[i], NULL, fn, arg));
	for (int i = 0; i < NR_THREADS; i++)
		pthread_join(t[i], NULL);
}

TEST(mutex_excludes)
{
	start();
	run_threads(add_many, NULL);
	CHECK_EQ(NR_THREADS * NR_TURNS, count);
	CHECK(!mutex_is_mine(&mu));
}

TEST(mutex_trylock_fails_while_held)
{
	start();
	mutex_lock(&mu);
	CHECK(mutex_is_mine(&mu));
	CHECK(!mutex_trylock(&mu));
	mutex_unlock(&mu);
	CHECK(mutex_trylock(&mu));
	mutex_unlock(&mu);
}

TEST(mutex_pair_in_both_orders)
{
	start();
	mutex_lock_pair(&mu, &other);
	mutex_unlock_pair(&mu, &other);
	mutex_lock_pair(&other, &mu);
	CHECK(mutex_is_mine(&mu) && mutex_is_mine(&other));
	mutex_unlock_pair(&other, &mu);
	mutex_lock_pair(&mu, &mu);
	mutex_unlock_pair(&mu, &mu);
}

static void lock_outer_under_inner(void *arg)
{
	struct mutex outer;

	(void)arg;
	mutex_init(&outer, LOCK_MOUNTS);
	mutex_lock(&mu);
	mutex_lock(&outer);
}

static void lock_same_rank(void *arg)
{
	(void)arg;
	mutex_lock(&mu);
	mutex_lock(&other);
}

static void lock_twice(void *arg)
{
	(void)arg;
	mutex_lock(&mu);
	mutex_lock(&mu);
}

static void unlock_free(void *arg)
{
	(void)arg;
	mutex_unlock(&mu);
}

TEST(mutex_order_is_checked)
{
	start();
	CHECK(unit_aborts(lock_outer_under_inner, NULL));
	CHECK(unit_aborts(lock_same_rank, NULL));
	CHECK(unit_aborts(lock_twice, NULL));
	CHECK(unit_aborts(unlock_free, NULL));
}

/* Each thread waits for its turn: a lost wake-up hangs, and the limit of the harness tells. */
static void *take_turns(void *arg)
{
	long *next = arg, mine;

	mutex_lock(&mu);
	mine = (*next)++;
	for (int i = 0; i < 500; i++) {
		while (count % NR_THREADS != mine)
			CHECK_EQ(0, waitq_wait_locked(&wq, 0, &mu));
		count++;
		mutex_unlock(&mu);
		waitq_wake_all(&wq);
		mutex_lock(&mu);
	}
	mutex_unlock(&mu);
	return NULL;
}

TEST(waitq_loses_no_wakeup)
{
	long next = 0;

	start();
	run_threads(take_turns, &next);
	CHECK_EQ(500 * NR_THREADS, count);
	CHECK(!waitq_active(&wq));
}

/* The same over a word that no mutex guards. */
static void *await_turns(void *arg)
{
	long mine = __atomic_fetch_add((long *)arg, 1, __ATOMIC_RELAXED);

	for (int i = 0; i < 500; i++) {
		waitq_await(&wq, __atomic_load_n(&count, __ATOMIC_ACQUIRE) % NR_THREADS == mine);
		__atomic_fetch_add(&count, 1, __ATOMIC_RELEASE);
		waitq_wake_all(&wq);
	}
	return NULL;
}

TEST(waitq_await_loses_no_wakeup)
{
	long next = 0;

	start();
	run_threads(await_turns, &next);
	CHECK_EQ(500 * NR_THREADS, count);
	CHECK(!waitq_active(&wq));
}

TEST(waitq_deadline_and_interrupt)
{
	u64 begin = now_ns();

	start();
	mutex_lock(&mu);
	CHECK_EQ(-ETIMEDOUT, waitq_wait_deadline_locked(&wq, 0, &mu, begin + 20 * NSEC_PER_MSEC));
	CHECK(now_ns() - begin >= 20 * NSEC_PER_MSEC);
	park_interrupt(park_self());
	CHECK_EQ(-ERESTARTSYS, waitq_wait_locked(&wq, 0, &mu));
	CHECK(mutex_is_mine(&mu));
	park_clear_interrupt(park_self());
	mutex_unlock(&mu);
}

static bool note(struct waitq_entry *e, poll_t events)
{
	(void)events;
	count++;
	return e->exclusive;
}

TEST(waitq_events_select_and_exclusive_wakes_one)
{
	struct waitq_entry in, out, ex[3];

	start();
	waitq_entry_init_fn(&in, 1, note);
	waitq_entry_init_fn(&out, 4, note);
	waitq_add(&wq, &in);
	waitq_add(&wq, &out);
	waitq_wake(&wq, 1);
	CHECK_EQ(1, count);
	waitq_wake(&wq, 5);
	CHECK_EQ(3, count);
	for (int i = 0; i < 3; i++) {
		waitq_entry_init_fn(&ex[i], 1, note);
		waitq_add_exclusive(&wq, &ex[i]);
	}
	count = 0;
	waitq_wake(&wq, 1);
	CHECK_EQ(2, count);
	count = 0;
	waitq_wake_all(&wq);
	CHECK_EQ(5, count);
	waitq_remove(&wq, &in);
	waitq_remove(&wq, &out);
	for (int i = 0; i < 3; i++)
		waitq_remove(&wq, &ex[i]);
	CHECK(!waitq_active(&wq));
}

TEST(park_token_is_kept)
{
	u64 begin = now_ns();

	unpark(park_self());
	unpark(park_self());
	park(begin + 10 * NSEC_PER_SEC);
	CHECK(now_ns() - begin < NSEC_PER_SEC);
	park(now_ns() + NSEC_PER_MSEC);
}
