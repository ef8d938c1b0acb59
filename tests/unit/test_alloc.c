/* lib/alloc.c: the census and the fault switch */
#include "lib/alloc.h"

#include "tests/unit/harness.h"

TEST(alloc_counts_what_is_out)
{
	long live = alloc_live();
	char *p = kasprintf("%d-%s", 7, "x"), *q = kstrndup("abcdef", 3);

	CHECK_STR("7-x", p);
	CHECK_STR("abc", q);
	CHECK_EQ(live + 2, alloc_live());
	kfree(p);
	kfree(q);
	kfree(NULL);
	CHECK_EQ(live, alloc_live());
}

TEST(alloc_comes_zeroed_and_refuses_overflow)
{
	char *p = kzalloc(64);
	static const char zero[64];
	volatile size_t huge = SIZE_MAX / 2 + 1;

	REQUIRE(p);
	CHECK_MEM(zero, p, 64);
	kfree(p);
	CHECK(!kcalloc(huge, 2));
}

TEST(alloc_nth_fails_once)
{
	void *p, *q;

	fault_alloc_at = 2;
	p = kzalloc(1);
	CHECK(p);
	CHECK(!kzalloc(1));
	q = kzalloc(1);
	CHECK(q);
	kfree(p);
	kfree(q);
}

TEST(alloc_krealloc_keeps_the_census)
{
	long live = alloc_live();
	char *p = krealloc(NULL, 8), *q;

	REQUIRE(p);
	fault_alloc_at = 1;
	CHECK(!krealloc(p, 16));
	q = krealloc(p, 16);
	CHECK(q);
	CHECK_EQ(live + 1, alloc_live());
	kfree(q);
}
