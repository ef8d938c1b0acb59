/* kernel/futex.c: queues and wake-ups by key; words of guest memory need a guest */
#include <pthread.h>

#include "kernel/futex_internal.h"
#include "lib/park.h"
#include "tests/unit/harness.h"

static const struct futex_key key_a = {.object = 1, .off = 64};
static const struct futex_key key_b = {.object = 1, .off = 128};
static const struct futex_timeout for_ever;

static void enqueue(struct futex_q *q, const struct futex_key *key, u32 bitset)
{
	struct futex_bucket *b = futex_bucket(key);

	futex_q_init(q, key, bitset);
	mutex_lock(&b->mu);
	futex_enqueue_locked(b, q);
	mutex_unlock(&b->mu);
}

TEST(futex_wakes_in_order_and_no_more_than_asked)
{
	struct futex_q q[3];

	for (int i = 0; i < 3; i++)
		enqueue(&q[i], &key_a, FUTEX_BITSET_ANY);
	CHECK_EQ(0, futex_wake_key(&key_b, 3, FUTEX_BITSET_ANY));
	CHECK_EQ(2, futex_wake_key(&key_a, 2, FUTEX_BITSET_ANY));
	CHECK(q[0].woken && q[1].woken && !q[2].woken);
	CHECK(!futex_unqueue(&q[0]));
	CHECK(!futex_unqueue(&q[1]));
	CHECK(futex_unqueue(&q[2]));
	CHECK_EQ(0, futex_wake_key(&key_a, 1, FUTEX_BITSET_ANY));
}

TEST(futex_bitsets_choose)
{
	struct futex_q q[2];

	enqueue(&q[0], &key_a, 1);
	enqueue(&q[1], &key_a, 2);
	CHECK_EQ(1, futex_wake_key(&key_a, 5, 2));
	CHECK(!q[0].woken && q[1].woken);
	CHECK(futex_unqueue(&q[0]));
	CHECK(!futex_unqueue(&q[1]));
}

TEST(futex_requeued_waiters_hear_the_other_key)
{
	struct futex_bucket *b = futex_bucket(&key_a), *to = futex_bucket(&key_b);
	struct futex_q q;

	enqueue(&q, &key_a, FUTEX_BITSET_ANY);
	mutex_lock_pair(&b->mu, &to->mu);
	futex_requeue_locked(&q, to, &key_b);
	mutex_unlock_pair(&b->mu, &to->mu);
	CHECK_EQ(0, futex_wake_key(&key_a, 1, FUTEX_BITSET_ANY));
	CHECK_EQ(1, futex_wake_key(&key_b, 1, FUTEX_BITSET_ANY));
	CHECK(!futex_unqueue(&q));
}

TEST(futex_sleep_times_out_by_either_clock)
{
	struct futex_timeout to = {.set = true, .clock = CLOCK_MONOTONIC};
	struct futex_q q;

	enqueue(&q, &key_a, FUTEX_BITSET_ANY);
	to.when = now_ns() + 2 * NSEC_PER_MSEC;
	CHECK_EQ(-ETIMEDOUT, futex_sleep(&q, 1, &to));
	to.clock = CLOCK_REALTIME;
	to.when = 0;
	CHECK_EQ(-ETIMEDOUT, futex_sleep(&q, 1, &to));
	CHECK(futex_unqueue(&q));
}

TEST(futex_sleep_ends_on_a_signal)
{
	struct futex_q q;

	enqueue(&q, &key_a, FUTEX_BITSET_ANY);
	park_interrupt(park_self());
	CHECK_EQ(-ERESTARTSYS, futex_sleep(&q, 1, &for_ever));
	park_clear_interrupt(park_self());
	CHECK(futex_unqueue(&q));
}

#define ROUNDS 2000

static int arrived; /* atomic */

static void *sleeper(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		struct futex_q q;

		enqueue(&q, &key_a, FUTEX_BITSET_ANY);
		__atomic_add_fetch(&arrived, 1, __ATOMIC_SEQ_CST);
		CHECK_EQ(0, futex_sleep(&q, 1, &for_ever));
		CHECK(!futex_unqueue(&q));
	}
	return NULL;
}

TEST(futex_no_wake_up_is_lost)
{
	enum { THREADS = 3 };
	pthread_t th[THREADS];
	int woken = 0;

	for (int i = 0; i < THREADS; i++)
		pthread_create(&th[i], NULL, sleeper, NULL);
	while (woken < THREADS * ROUNDS)
		woken += futex_wake_key(&key_a, 1, FUTEX_BITSET_ANY);
	for (int i = 0; i < THREADS; i++)
		pthread_join(th[i], NULL);
	CHECK_EQ(THREADS * ROUNDS, __atomic_load_n(&arrived, __ATOMIC_SEQ_CST));
}
