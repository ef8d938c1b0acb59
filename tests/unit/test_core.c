/* On which core a worker lives, and the gofer with it. */
#include <sched.h>
#include <unistd.h>

#include "gofer/core.h"
#include "lib/cycles.h"
#include "sched/sched.h"
#include "tests/unit/harness.h"

static cpu_set_t before;

/* The core that the calling thread is tied to, or -1. */
static int tied_to(void)
{
	cpu_set_t set;

	CHECK_EQ(0, sched_getaffinity(0, sizeof(set), &set));
	return CPU_COUNT(&set) == 1 ? sched_getcpu() : -1;
}

static void sleep_a_moment(void)
{
	CHECK_EQ(0, fiber_sleep(now_ns() + NSEC_PER_MSEC));
}

static void live(void *arg)
{
	int home;

	(void)arg;
	sleep_a_moment();
	home = tied_to();
	CHECK(home >= 0);
	CHECK_EQ(home, sched_home());

	/* To look elsewhere; the guests stay. */
	sched_leave_core();
	CHECK_EQ(-1, tied_to());
	CHECK_EQ(home, sched_home());
	sleep_a_moment();
	CHECK_EQ(-1, tied_to());
	sched_return_core();
	CHECK_EQ(home, tied_to());

	/* Only a long wait says that others want the core. */
	sched_waited(cycles_from_ns(10 * NSEC_PER_USEC));
	CHECK_EQ(home, tied_to());
	sched_waited(cycles_from_ns(10 * NSEC_PER_MSEC));
	CHECK_EQ(-1, tied_to());
	sleep_a_moment();
	CHECK_EQ(-1, tied_to());
	sched_stop();
}

TEST(worker_stays_where_it_woke)
{
	struct fiber *f;
	cpu_set_t after;

	CHECK_EQ(0, sched_getaffinity(0, sizeof(before), &before));
	if (CPU_COUNT(&before) < 2) {
		unit_skip("one core");
		return;
	}
	CHECK_EQ(0, sched_init(1));
	CHECK_EQ(0, fiber_create("live", live, NULL, &f));
	CHECK_EQ(0, sched_run());
	sched_fini();
	CHECK_EQ(0, sched_getaffinity(0, sizeof(after), &after));
	CHECK(CPU_EQUAL(&before, &after));
}

TEST(gofer_follows_who_asks)
{
	int first = -1, foreign = -1;
	cpu_set_t after;

	CHECK_EQ(0, sched_getaffinity(0, sizeof(before), &before));
	if (CPU_COUNT(&before) < 2) {
		unit_skip("one core");
		return;
	}
	for (int i = CPU_SETSIZE - 1; i >= 0; i--) {
		if (CPU_ISSET(i, &before))
			first = i;
		else
			foreign = i;
	}
	core_init();
	core_follow((u32)first + 1);
	CHECK_EQ(first, tied_to());
	/* One that is not ours is not taken, nor one that cannot be. */
	if (foreign >= 0)
		core_follow((u32)foreign + 1);
	core_follow(CPU_SETSIZE + 1);
	CHECK_EQ(first, tied_to());
	core_follow(0);
	CHECK_EQ(0, sched_getaffinity(0, sizeof(after), &after));
	CHECK(CPU_EQUAL(&before, &after));
}
