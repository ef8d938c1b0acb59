/* kernel/pid.c: numbers are handed out in order, come back, and mean one thing */
#include "kernel/pid.h"

#include "kernel/task.h"
#include "tests/unit/harness.h"

static struct pid *make(void)
{
	struct pid *p = NULL;

	if (pid_create(&p))
		unit_fail(__FILE__, __LINE__, "no number left");
	return p;
}

TEST(pid_numbers_rise_from_1)
{
	struct pid *a, *b, *c;

	pid_init();
	a = make();
	b = make();
	CHECK_EQ(1, a->nr);
	CHECK_EQ(2, b->nr);
	pid_put(b);
	/* A number is not used again at once. */
	c = make();
	CHECK_EQ(3, c->nr);
	pid_put(a);
	pid_put(c);
}

TEST(pid_given_number)
{
	struct pid *a, *b;

	pid_init();
	REQUIRE(pid_create_nr(1000, &a) == 0);
	CHECK_EQ(1000, a->nr);
	CHECK_EQ(-EEXIST, pid_create_nr(1000, &b));
	CHECK_EQ(-EINVAL, pid_create_nr(0, &b));
	CHECK_EQ(-EINVAL, pid_create_nr(-1, &b));
	CHECK_EQ(-EINVAL, pid_create_nr(PID_MAX_GUEST, &b));
	REQUIRE(pid_create_nr(PID_MAX_GUEST - 1, &b) == 0);
	pid_put(a);
	REQUIRE(pid_create_nr(1000, &a) == 0);
	pid_put(a);
	pid_put(b);
}

TEST(pid_numbers_start_again)
{
	struct pid *last, *next;

	pid_init();
	REQUIRE(pid_create_nr(PID_MAX_GUEST - 1, &last) == 0);
	next = make();
	CHECK_EQ(300, next->nr);
	pid_put(last);
	pid_put(next);
}

TEST(pid_is_found_while_something_hangs_on_it)
{
	struct tgroup tg = {.ref = {1}};
	struct pid *p;

	pid_init();
	p = make();
	mutex_lock(&tasklist_lock);
	CHECK(!pid_find_locked(p->nr));
	p->tg = &tg;
	CHECK(pid_find_locked(p->nr) == p);
	CHECK(!pid_find_locked(0));
	CHECK(!pid_find_locked(-5));
	CHECK(!pid_find_locked(PID_MAX_GUEST));
	mutex_unlock(&tasklist_lock);
	CHECK(tgroup_find_get(p->nr) == &tg);
	CHECK(tgroup_next_get(0) == &tg);
	CHECK(!tgroup_next_get(p->nr));
	CHECK(!task_find_get(p->nr));
	CHECK_EQ(3, ref_read(&tg.ref));
	p->tg = NULL;
	pid_put(p);
}

TEST(pid_table_is_freed_with_its_numbers)
{
	enum { N = 5000 };
	static struct pid *p[N];

	pid_init();
	for (int i = 0; i < N; i++)
		p[i] = make();
	for (int i = 0; i < N; i++)
		pid_put(p[i]);
	/* The harness counts what is left. */
}

TEST(pid_no_memory)
{
	struct pid *p;

	pid_init();
	for (long n = 1; n <= 2; n++) {
		fault_alloc_at = n;
		CHECK_EQ(-ENOMEM, pid_create(&p));
	}
	fault_alloc_at = 0;
	p = make();
	CHECK_EQ(1, p->nr);
	pid_put(p);
}
