/* Fibers, timers and poll sources. */
#include "tests/unit/harness.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "host/host.h"
#include "lib/mutex.h"
#include "lib/waitq.h"
#include "sched/sched.h"

static struct mutex mu;
static struct waitq wq;
static int turn, rounds, done;

static void run_on(unsigned workers, void (*fn)(void *))
{
	struct fiber *f;

	CHECK_EQ(0, sched_init(workers));
	CHECK_EQ(0, fiber_create("first", fn, NULL, &f));
	CHECK_EQ(0, sched_run());
	sched_fini();
}

static void run_with(void (*fn)(void *))
{
	run_on(1, fn);
}

static void player(void *arg)
{
	int me = arg != NULL;

	mutex_lock(&mu);
	while (rounds < 1000) {
		while (turn != me)
			if (waitq_wait_locked(&wq, 0, &mu))
				return;
		turn = !me;
		rounds++;
		mutex_unlock(&mu);
		waitq_wake(&wq, 0);
		mutex_lock(&mu);
	}
	done++;
	mutex_unlock(&mu);
	if (done == 2)
		sched_stop();
}

static void start_players(void *arg)
{
	struct fiber *f;

	(void)arg;
	CHECK_EQ(0, fiber_create("ping", player, NULL, &f));
	CHECK_EQ(0, fiber_create("pong", player, &mu, &f));
}

TEST(fibers_take_turns_through_a_wait_queue)
{
	mutex_init(&mu, LOCK_LEAF);
	waitq_init(&wq);
	turn = rounds = done = 0;
	run_with(start_players);
	CHECK(rounds >= 1000);
	CHECK_EQ(2, done);
}

static void sleeper(void *arg)
{
	u64 before = now_ns();

	(void)arg;
	CHECK_EQ(0, fiber_sleep(before + 3 * NSEC_PER_MSEC));
	CHECK(now_ns() - before >= 3 * NSEC_PER_MSEC);
	sched_stop();
}

TEST(fiber_sleep_lasts_until_its_deadline)
{
	run_with(sleeper);
}

static void interrupted_sleeper(void *arg)
{
	(void)arg;
	CHECK_EQ(-ERESTARTSYS, fiber_sleep(now_ns() + 1000 * NSEC_PER_SEC));
	sched_stop();
}

static void start_interrupted(void *arg)
{
	struct fiber *f;

	(void)arg;
	CHECK_EQ(0, fiber_create("sleeper", interrupted_sleeper, NULL, &f));
	fiber_yield();
	park_interrupt(fiber_parker(f));
}

TEST(fiber_sleep_ends_when_interrupted)
{
	run_with(start_interrupted);
}

#define NR_TIMERS 500
static struct timer timers[NR_TIMERS];
static u64 last_expiry;
static int fired;

static void timer_fired(struct timer *t)
{
	CHECK(t->expires >= last_expiry);
	last_expiry = t->expires;
	if (++fired == NR_TIMERS / 2)
		sched_stop();
}

/* Half of them are cancelled; the rest fire in the order of their deadlines. */
static void arm_timers(void *arg)
{
	u64 now = now_ns(), seed = 12345;

	(void)arg;
	for (int i = 0; i < NR_TIMERS; i++) {
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		timer_init(&timers[i], timer_fired);
		timer_set(&timers[i], now + (seed >> 44));
	}
	for (int i = 0; i < NR_TIMERS; i += 2)
		CHECK(timer_cancel(&timers[i]));
	for (int i = 0; i < NR_TIMERS; i += 2)
		CHECK(!timer_cancel(&timers[i]));
}

TEST(timers_fire_in_order_and_not_when_cancelled)
{
	fired = 0;
	last_expiry = 0;
	run_with(arm_timers);
	CHECK_EQ(NR_TIMERS / 2, fired);
}

static struct poll_source source;
static hostfd_t wr;

static void readable(struct poll_source *s, poll_t ready)
{
	(void)s;
	CHECK(ready & EPOLLIN);
	sched_stop();
}

static void watch_pipe(void *arg)
{
	(void)arg;
	CHECK_EQ(0, poll_source_add(&source, EPOLLIN));
	CHECK_EQ(1, host_write(wr, "x", 1));
}

TEST(poll_source_is_called_when_readable)
{
	hostfd_t rd;
	int fds[2];

	CHECK_EQ(0, pipe2(fds, O_CLOEXEC));
	rd.n = fds[0];
	wr.n = fds[1];
	source = (struct poll_source){.fd = rd, .fn = readable};
	run_with(watch_pipe);
	host_close(rd);
	host_close(wr);
}

static void count_and_end(void *arg)
{
	if (++*(int *)arg == 2000)
		sched_stop();
}

static void spawn_many(void *arg)
{
	static int n;
	struct fiber *f;

	(void)arg;
	n = 0;
	for (int i = 0; i < 2000; i++) {
		CHECK_EQ(0, fiber_create("many", count_and_end, &n, &f));
		if (i % 100 == 0)
			fiber_yield();
	}
}

TEST(fibers_come_and_go_by_the_thousand)
{
	run_with(spawn_many);
}

#define NR_WANDERERS 12
#define NR_STEPS     400

static long sum; /* guarded by mu */

static void end_one(void)
{
	mutex_lock(&mu);
	if (++done == NR_WANDERERS + 1)
		sched_stop();
	mutex_unlock(&mu);
}

/* Sleeps in every way there is, on whatever worker it finds itself. */
static void wander(void *arg)
{
	long me = (long)arg;

	for (int i = 0; i < NR_STEPS; i++) {
		mutex_lock(&mu);
		sum++;
		if (i % 8 == 0)
			fiber_yield();
		mutex_unlock(&mu);
		waitq_wake_all(&wq);
		if (i % 16 == me % 16)
			CHECK_EQ(0, fiber_sleep(now_ns() + 20 * NSEC_PER_USEC));
	}
	end_one();
}

/* Until all are through: each step wakes it. */
static void watch(void *arg)
{
	(void)arg;
	mutex_lock(&mu);
	while (sum < NR_WANDERERS * NR_STEPS)
		waitq_wait_uninterruptible_locked(&wq, 0, &mu);
	mutex_unlock(&mu);
	end_one();
}

static void start_wanderers(void *arg)
{
	struct fiber *f;

	(void)arg;
	CHECK_EQ(0, fiber_create_mobile("watch", watch, NULL, &f));
	for (long i = 0; i < NR_WANDERERS; i++)
		CHECK_EQ(0, fiber_create_mobile("wanderer", wander, (void *)i, &f));
}

TEST(fibers_go_on_at_other_workers)
{
	for (unsigned workers = 1; workers <= 4; workers++) {
		mutex_init(&mu, LOCK_LEAF);
		waitq_init(&wq);
		sum = 0;
		done = 0;
		run_on(workers, start_wanderers);
		CHECK_EQ(NR_WANDERERS * NR_STEPS, sum);
		CHECK_EQ(NR_WANDERERS + 1, done);
	}
}
