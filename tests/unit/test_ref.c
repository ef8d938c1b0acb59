/* lib/ref.h, lib/list.h, lib/log.c */
#include "lib/ref.h"

#include <fcntl.h>
#include <unistd.h>

#include "lib/list.h"
#include "lib/log.h"
#include "tests/unit/harness.h"

static void get_dead(void *arg)
{
	ref_get(arg);
}

static void put_dead(void *arg)
{
	if (ref_put(arg))
		_exit(1);
}

TEST(ref_counts_and_never_comes_back)
{
	struct ref r;

	ref_init(&r);
	ref_get(&r);
	CHECK(!ref_put(&r));
	CHECK(ref_get_unless_zero(&r));
	CHECK(!ref_put(&r));
	CHECK(ref_put(&r));
	CHECK(!ref_get_unless_zero(&r));
	CHECK(unit_aborts(get_dead, &r));
	CHECK(unit_aborts(put_dead, &r));
}

TEST(ref_saturates_instead_of_wrapping)
{
	struct ref r = {.n = REF_SATURATED + 1};

	ref_get(&r);
	CHECK_EQ(REF_SATURATED, ref_read(&r));
	for (int i = 0; i < 10; i++)
		CHECK(!ref_put(&r));
	CHECK_EQ(REF_SATURATED, ref_read(&r));
}

struct item {
	struct list_head node;
	int v;
};

static int sum(struct list_head *head)
{
	struct item *i;
	int s = 0;

	list_for_each_entry (i, head, node)
		s = s * 10 + i->v;
	return s;
}

TEST(list_order_move_and_splice)
{
	struct list_head a = LIST_HEAD_INIT(a), b = LIST_HEAD_INIT(b);
	struct item it[4] = {{.v = 1}, {.v = 2}, {.v = 3}, {.v = 4}};
	struct item *i, *n;

	list_add_tail(&it[0].node, &a);
	list_add_tail(&it[1].node, &a);
	list_add(&it[2].node, &a);
	list_add_tail(&it[3].node, &b);
	CHECK_EQ(312, sum(&a));
	list_move_tail(&it[2].node, &a);
	CHECK_EQ(123, sum(&a));
	list_splice_tail(&a, &b);
	CHECK(list_empty(&a));
	CHECK_EQ(4123, sum(&b));
	list_splice_tail(&a, &b);
	CHECK_EQ(4, list_first_entry(&b, struct item, node)->v);
	CHECK_EQ(3, list_last_entry(&b, struct item, node)->v);
	list_for_each_entry_safe (i, n, &b, node)
		list_del(&i->node);
	CHECK(list_empty(&b));
}

TEST(log_escape_keeps_a_message_on_its_line)
{
	char text[40];

	CHECK_STR("a\\x0ab\\x1b[2J\\x5c", log_escape(text, sizeof(text), "a\nb\33[2J\\", 8));
	CHECK_STR("abc", log_escape(text, 7, "abc\n\n", 5));
	CHECK_STR("", log_escape(text, 1, "abc", 3));
}

TEST(log_writes_one_line_at_a_time)
{
	char got[200] = "", long_text[2000];
	int fds[2];
	ssize_t n;

	CHECK_EQ(0, pipe2(fds, O_NONBLOCK));
	log_init("unit", fds[1], LOG_WARN);
	log_info("not written");
	log_warn("x=%d", 5);
	n = read(fds[0], got, sizeof(got) - 1);
	CHECK(n > 0 && got[n - 1] == '\n' && strstr(got, "unit") && strstr(got, "x=5"));
	CHECK_EQ(-1, read(fds[0], got, sizeof(got)));
	memset(long_text, 'y', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = '\0';
	log_error("%s", long_text);
	n = read(fds[0], long_text, sizeof(long_text));
	CHECK(n > 0 && long_text[n - 1] == '\n');
	log_init("bailey", 2, LOG_WARN);
	close(fds[0]);
	close(fds[1]);
}
