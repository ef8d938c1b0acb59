/* fs/timerfd.c and sched/work.c, on a scheduler of their own */
#include "fs/timerfd.h"

#include <poll.h>
#include <sys/timerfd.h>

#include "fs/file.h"
#include "fs/poll.h"
#include "sched/work.h"
#include "tests/unit/harness.h"

#define MS NSEC_PER_MSEC

static void run_with(void (*fn)(void *))
{
	struct fiber *f;

	CHECK_EQ(0, sched_init(1));
	CHECK_EQ(0, fiber_create("test", fn, NULL, &f));
	CHECK_EQ(0, sched_run());
	sched_fini();
}

static struct file *make(int flags)
{
	struct file *f = NULL;

	CHECK_EQ(0, timerfd_create_file(CLOCK_MONOTONIC, flags, &f));
	return f;
}

static ssize_t take(struct file *f, u64 *ret)
{
	struct iov_iter it;

	iov_iter_kernel(&it, ret, sizeof(*ret));
	return vfs_read(f, &it);
}

static void set(struct file *f, u64 value, u64 interval)
{
	const struct timer_spec spec = {value, interval};
	struct timer_spec old;

	timerfd_set(f, 0, &spec, &old);
}

static void fires(void *arg)
{
	struct file *f = make(TFD_NONBLOCK);
	struct poll_slot slot = {.file = f, .events = POLLIN};
	struct timer_spec left;
	u64 n = 0;

	(void)arg;
	CHECK_EQ(-EAGAIN, take(f, &n));
	set(f, 5 * MS, 0);
	timerfd_get(f, &left);
	CHECK(left.value > 0 && left.value <= 5 * MS);
	CHECK_EQ(0, poll_wait(&slot, 1, 0));
	CHECK_EQ(1, poll_wait(&slot, 1, PARK_FOREVER));
	CHECK_EQ(8, take(f, &n));
	CHECK_EQ(1, n);
	CHECK_EQ(-EAGAIN, take(f, &n));
	timerfd_get(f, &left);
	CHECK_EQ(0, left.value);
	file_put(f);
	sched_stop();
}

TEST(timerfd_fires_once)
{
	run_with(fires);
}

static void repeats(void *arg)
{
	struct file *f = make(0);
	u64 n = 0, total = 0, start = now_ns();

	(void)arg;
	set(f, 2 * MS, 2 * MS);
	/* It rests while nobody reads, and counts what it missed. */
	CHECK_EQ(0, fiber_sleep(start + 11 * MS));
	CHECK_EQ(8, take(f, &n));
	CHECK(n >= 5);
	total = n;
	while (total < 10) {
		CHECK_EQ(8, take(f, &n));
		CHECK(n >= 1);
		total += n;
	}
	CHECK(now_ns() - start >= total * 2 * MS);
	set(f, 0, 0);
	file_put(f);
	sched_stop();
}

TEST(timerfd_repeats_and_counts)
{
	run_with(repeats);
}

static void goes_while_armed(void *arg)
{
	struct file *f = make(0);

	(void)arg;
	set(f, 1 * MS, 1 * MS);
	file_put(f);
	CHECK_EQ(0, fiber_sleep(now_ns() + 5 * MS));
	sched_stop();
}

TEST(timerfd_may_go_while_armed)
{
	run_with(goes_while_armed);
}

static struct work_timer wt;
static int runs;

static void count_run(struct work *w)
{
	CHECK(work_to_timer(w) == &wt);
	runs++;
}

static void work_from_timer(void *arg)
{
	(void)arg;
	CHECK_EQ(0, work_start());
	work_timer_init(&wt, count_run);
	work_timer_set(&wt, now_ns() + MS);
	while (!runs)
		CHECK_EQ(0, fiber_sleep(now_ns() + MS));
	work_queue(&wt.work);
	work_queue(&wt.work);
	work_timer_cancel(&wt);
	CHECK_EQ(1, runs);
	work_timer_set(&wt, now_ns() + MS);
	work_timer_cancel(&wt);
	CHECK_EQ(0, fiber_sleep(now_ns() + 3 * MS));
	CHECK_EQ(1, runs);
	work_stop();
	sched_stop();
}

TEST(work_runs_on_its_fiber_and_can_be_cancelled)
{
	run_with(work_from_timer);
}
