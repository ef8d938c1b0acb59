/* What is patched in an address space: counting, translation, hiding, copies. */
#include "mm/fastpath_internal.h"
#include "tests/unit/harness.h"

#define TEXT  0x7f0000001000ull
#define CHUNK 0x7e0000000000ull

/* A site at @at as the patcher would leave it: syscall; mov %eax,%ecx; mov %ecx,%edx. */
static struct fp_tramp *add(struct fastpath *fp, uaddr_t at, uaddr_t tramp)
{
	struct fp_tramp *tr = fp_add_tramp_locked(fp);
	struct fp_tramp site = {
		.s = {.form = PATCH_CALL,
		      .site = at,
		      .tramp = tramp,
		      .orig = {0x0f, 0x05, 0x89, 0xc1, 0x89},
		      .jump = {0xe9, 1, 2, 3, 4},
		      .inside = 1 << 2 | 1 << 4,
		      .size = 24,
		      .nr_map = 4,
		      .map = {{0, 0}, {15, 2}, {17, 4}, {19, 6}}},
		.call = at,
		.live = true,
	};

	if (tr) {
		*tr = site;
		fp->nr_tramps++;
		fp_widen_box(fp, at);
	}
	return tr;
}

static struct fastpath *with_chunk(void)
{
	struct fastpath *fp = fp_create();
	struct fp_chunk *c = fp ? fp_add_chunk_locked(fp) : NULL;

	if (!c)
		return NULL;
	patch_chunk_init(&c->c, CHUNK);
	c->lo = TEXT;
	c->hi = TEXT + PAGE_SIZE;
	fp->nr_chunks++;
	return fp;
}

TEST(fastpath_counts_to_the_patch_and_no_further)
{
	struct fastpath *fp = with_chunk();

	REQUIRE(fp);
	CHECK_EQ(FP_NOTE, fp_count(fp, TEXT));
	for (int i = 2; i < FASTPATH_TRAPS; i++)
		CHECK_EQ(FP_NOTHING, fp_count(fp, TEXT));
	CHECK_EQ(FP_PATCH, fp_count(fp, TEXT));
	CHECK_EQ(FP_NOTHING, fp_count(fp, TEXT));
	/* What is put back is counted anew. */
	fp_set_state(fp, TEXT, FP_COUNTED);
	for (int i = 1; i < FASTPATH_TRAPS; i++)
		CHECK_EQ(FP_NOTHING, fp_count(fp, TEXT));
	CHECK_EQ(FP_PATCH, fp_count(fp, TEXT));
	/* The syscall in a trampoline is no site. */
	CHECK_EQ(FP_NOTHING, fp_count(fp, CHUNK + 13));
	fastpath_free(fp);
}

TEST(fastpath_table_grows_and_ends)
{
	struct fastpath *fp = fp_create();
	unsigned noted = 0;

	REQUIRE(fp);
	for (uaddr_t at = 0; at < 2 * FP_SITES_MAX; at++)
		noted += fp_count(fp, TEXT + at * 64) == FP_NOTE;
	CHECK_EQ(FP_SITES_MAX, noted);
	for (int i = 2; i < FASTPATH_TRAPS; i++)
		CHECK_EQ(FP_NOTHING, fp_count(fp, TEXT + 640));
	CHECK_EQ(FP_PATCH, fp_count(fp, TEXT + 640));
	fastpath_free(fp);
}

TEST(fastpath_translates)
{
	struct fastpath *fp = with_chunk();

	REQUIRE(fp && add(fp, TEXT + 100, CHUNK + 64) && add(fp, TEXT + 200, CHUNK + 112));
	CHECK_EQ(TEXT + 100, fp_to_guest(fp, CHUNK + 64, false));
	CHECK_EQ(TEXT + 102, fp_to_guest(fp, CHUNK + 79, false));
	CHECK_EQ(TEXT + 206, fp_to_guest(fp, CHUNK + 131, false));
	CHECK_EQ(TEXT + 100, fp_to_guest(fp, TEXT + 100, false));
	CHECK_EQ(CHUNK + 79, fp_to_tramp(fp, TEXT + 102));
	CHECK_EQ(CHUNK + 81, fp_to_tramp(fp, TEXT + 104));
	CHECK_EQ(TEXT + 100, fp_to_tramp(fp, TEXT + 100));
	CHECK_EQ(TEXT + 106, fp_to_tramp(fp, TEXT + 106));
	/* A site that is put back: who is in its trampoline still gets out. */
	fp->tramps[0].live = false;
	CHECK_EQ(TEXT + 102, fp_to_tramp(fp, TEXT + 102));
	CHECK_EQ(TEXT + 102, fp_to_guest(fp, CHUNK + 79, false));
	/* A chunk that is gone: the place may be the guest's now. */
	fp->chunks[0].gone = true;
	CHECK_EQ(CHUNK + 79, fp_to_guest(fp, CHUNK + 79, false));
	CHECK_EQ(TEXT + 102, fp_to_guest(fp, CHUNK + 79, true));
	fastpath_free(fp);
}

TEST(fastpath_hides_whatever_part_is_read)
{
	static const u8 orig[] = {0x0f, 0x05, 0x89, 0xc1, 0x89}, jump[] = {0xe9, 1, 2, 3, 4};
	struct fastpath *fp = with_chunk();
	u8 buf[16];

	REQUIRE(fp && add(fp, TEXT + 100, CHUNK + 64));
	for (unsigned from = 90; from < 110; from++) {
		for (unsigned n = 1; n < sizeof(buf); n++) {
			for (unsigned i = 0; i < n; i++)
				buf[i] = from + i - 100 < 5 ? jump[from + i - 100] : 0x77;
			buf[n] = 0x55;
			fastpath_hide_slow(fp, buf, TEXT + from, n);
			for (unsigned i = 0; i < n; i++)
				CHECK_EQ(from + i - 100 < 5 ? orig[from + i - 100] : 0x77, buf[i]);
			CHECK_EQ(0x55, buf[n]);
		}
	}
	fastpath_free(fp);
}

TEST(fastpath_sites_may_not_overlap)
{
	struct fastpath *fp = with_chunk();
	struct patch_plan p = {.cover = 6};

	REQUIRE(fp && add(fp, TEXT + 100, CHUNK + 64));
	p.site = TEXT + 94;
	CHECK(!fp_overlaps(fp->tramps, fp->nr_tramps, &p));
	p.site = TEXT + 95;
	CHECK(fp_overlaps(fp->tramps, fp->nr_tramps, &p));
	p.site = TEXT + 105;
	CHECK(fp_overlaps(fp->tramps, fp->nr_tramps, &p));
	p.site = TEXT + 106;
	CHECK(!fp_overlaps(fp->tramps, fp->nr_tramps, &p));
	fastpath_free(fp);
}

TEST(fastpath_of_a_child_is_its_own)
{
	struct mm parent = {.fast = with_chunk()}, child = {0};

	REQUIRE(parent.fast && add(parent.fast, TEXT + 100, CHUNK + 64));
	CHECK_EQ(FP_NOTE, fp_count(parent.fast, TEXT + 500));
	CHECK_EQ(0, fastpath_fork(&child, &parent));
	REQUIRE(child.fast);
	CHECK_EQ(TEXT + 102, fp_to_guest(child.fast, CHUNK + 79, false));
	child.fast->tramps[0].live = false;
	CHECK_EQ(CHUNK + 79, fp_to_tramp(parent.fast, TEXT + 102));
	/* It has not been there yet, but that its parent was counts. */
	CHECK_EQ(FP_NOTE, fp_count(child.fast, TEXT + 500));
	CHECK_EQ(FP_PATCH, fp_count(child.fast, TEXT + 500));
	REQUIRE(add(child.fast, TEXT + 300, CHUNK + 256));
	CHECK_EQ(1, parent.fast->nr_tramps);
	fastpath_free(child.fast);
	fastpath_free(parent.fast);
}

TEST(fastpath_copy_without_memory_leaks_nothing)
{
	struct mm parent = {.fast = with_chunk()}, child = {0};

	REQUIRE(parent.fast && add(parent.fast, TEXT + 100, CHUNK + 64));
	/* The second time what it shares with its copies is there. */
	for (int n = 1; n <= 8; n++) {
		fault_alloc_at = (n - 1) % 4 + 1;
		CHECK_EQ(-ENOMEM, fastpath_fork(&child, &parent));
	}
	fault_alloc_at = 0;
	fastpath_free(parent.fast);
}

TEST(fastpath_kin_tell_what_two_of_them_came_by)
{
	struct fp_place a = {TEXT + 100, 231, 7}, b = {TEXT + 200, 59, 8}, got;
	struct fp_kin *kin = fp_kin_get(NULL);
	u32 at = 0;

	REQUIRE(kin);
	fp_kin_note(kin, &a);
	fp_kin_note(kin, &b);
	CHECK_EQ(0, fp_kin_news(kin));
	CHECK(!fp_kin_next(kin, &at, &got));
	fp_kin_note(kin, &b);
	CHECK_EQ(1, fp_kin_news(kin));
	at = 0;
	REQUIRE(fp_kin_next(kin, &at, &got));
	CHECK(got.call == b.call && got.nr == b.nr && got.hash == b.hash);
	CHECK(!fp_kin_next(kin, &at, &got));
	/* Other code at the same place: what was said of it before is nothing. */
	a.hash = 9;
	fp_kin_note(kin, &a);
	CHECK_EQ(1, fp_kin_news(kin));
	fp_kin_note(kin, &a);
	CHECK_EQ(2, fp_kin_news(kin));
	fp_kin_put(kin);
}

TEST(fastpath_claimed_sites_are_left_alone)
{
	struct fastpath *fp = with_chunk();

	REQUIRE(fp);
	CHECK(fp_claim(fp, TEXT));
	CHECK(!fp_claim(fp, TEXT));
	CHECK_EQ(FP_NOTHING, fp_count(fp, TEXT));
	/* Not a site. */
	CHECK(!fp_claim(fp, CHUNK + 13));
	fastpath_free(fp);
}
