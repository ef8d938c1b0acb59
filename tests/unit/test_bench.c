/* runtime/bench: statistics, verdicts, and what is written about a run that never was */
#include "runtime/bench/bench.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "runtime/bench/stats.h"
#include "runtime/bench/words.h"
#include "runtime/runtime.h"
#include "tests/unit/harness.h"

/* Stands in for the command line's; nothing here fails. */
int fail(const char *fmt, ...)
{
	unit_fail(__FILE__, __LINE__, "fail(\"%s\")", fmt);
	return EXIT_BAILEY_FAILED;
}

#define CHECK_NEAR(want, got)                                                                    \
	do {                                                                                     \
		double want_ = (want), got_ = (got);                                             \
		if (!(fabs(want_ - got_) < 1e-9))                                                \
			unit_fail(__FILE__, __LINE__, "%s: want %g, got %g", #got, want_, got_); \
	} while (0)

TEST(summary_of_nothing_is_nothing)
{
	const double none[] = {NAN, NAN};
	struct summary s;

	summarize(none, 2, &s);
	CHECK_EQ(0, s.nr);
	CHECK_NEAR(0, s.median);
	CHECK(!summary_straddles(&s, 0));
	CHECK_NEAR(0, summary_spread(&s));
}

TEST(summary_of_one_has_no_spread)
{
	const double one[] = {NAN, 7};
	struct summary s;

	summarize(one, 2, &s);
	CHECK_EQ(1, s.nr);
	CHECK_NEAR(7, s.q1);
	CHECK_NEAR(7, s.median);
	CHECK_NEAR(7, s.q3);
	CHECK_NEAR(0, s.mad);
}

TEST(summary_interpolates_and_sorts)
{
	const double v[] = {40, 10, 30, NAN, 20};
	struct summary s;

	summarize(v, 5, &s);
	CHECK_EQ(4, s.nr);
	CHECK_NEAR(10, s.min);
	CHECK_NEAR(17.5, s.q1);
	CHECK_NEAR(25, s.median);
	CHECK_NEAR(32.5, s.q3);
	CHECK_NEAR(40, s.max);
	CHECK_NEAR(10, s.mad);
	CHECK_NEAR(0.3, summary_spread(&s));
	CHECK(summary_straddles(&s, 17.5));
	CHECK(!summary_straddles(&s, 33));
}

TEST(summary_of_ratios_takes_pairs)
{
	/* Everything took twice as long in the second round: the ratio did not change. */
	const double v[] = {2, 4, 6, NAN, 8}, base[] = {1, 2, 0, 1, NAN};
	struct summary s;

	summarize_ratios(v, base, 5, &s);
	CHECK_EQ(2, s.nr);
	CHECK_NEAR(2, s.median);
	CHECK_NEAR(0, s.mad);
}

TEST(figures_have_three_digits)
{
	char buf[FIGURE_MAX];

	CHECK_STR("0.00 ns", format_figure(buf, 0, UNIT_NS));
	CHECK_STR("151 ns", format_figure(buf, 151.4, UNIT_NS));
	CHECK_STR("999 ns", format_figure(buf, 999.4, UNIT_NS));
	CHECK_STR("1.00 us", format_figure(buf, 999.6, UNIT_NS));
	CHECK_STR("10.0 ms", format_figure(buf, 9.996e6, UNIT_NS));
	CHECK_STR("4200 s", format_figure(buf, 4.2e12, UNIT_NS));
	CHECK_STR("8.00 MB", format_figure(buf, 8e6, UNIT_BYTES));
	CHECK_STR("0.05", format_ratio(buf, 0.049));
	CHECK_STR("47.2", format_ratio(buf, 47.21));
	CHECK_STR("1130", format_ratio(buf, 1130));
}

TEST(words_are_split_and_places_filled_in)
{
	const struct words_places places = {"/w", "/tmp/x", 81, 0};
	struct words w = {0};
	char *text = words_expand("{work}/bin {port} {tmp}-a {other}", &places);

	CHECK_STR("/w/bin 81 /tmp/x-a {other}", text);
	kfree(text);
	words_split(&w, "  one two ");
	words_add(&w, "%d", 3);
	CHECK_EQ(3, w.nr);
	CHECK_STR("two", w.w[1]);
	CHECK_STR("3", w.w[2]);
	CHECK(!w.w[3]);
	words_free(&w);
	CHECK_EQ(0, w.nr);
}

/* Three rows under native, a platform, and a peer; the last row was never reached. */
static const struct bench_row rows[] = {
	{.name = "a-call",
	 .group = "calls, all",
	 .what = "a <call> & more",
	 .kind = ROW_GUEST,
	 .target_kind = TARGET_RATIO,
	 .target = 0.5},
	{.name = "memory",
	 .group = "sandbox",
	 .what = "weight",
	 .kind = ROW_MEMORY,
	 .unit = UNIT_BYTES,
	 .target_kind = TARGET_FIGURE,
	 .target = 8e6},
	{.name = "late", .group = "sandbox", .what = "never", .kind = ROW_OUTSIDE},
};

struct rig {
	struct bench b;
	struct bench_cell cell[9];
	double sample[9][3];
	char why[3][BENCH_WHY_MAX];
};

static void rig_fill(struct rig *r, size_t row, size_t column, double a, double b, double c)
{
	struct bench_cell *cell = bench_cell(&r->b, row, column);
	double *sample = r->sample[row * 3 + column];

	sample[0] = a;
	sample[1] = b;
	sample[2] = c;
	cell->state = CELL_OK;
	cell->sample = sample;
	summarize(sample, 3, &cell->figure);
	if (bench_has_ratio(&rows[row]))
		summarize_ratios(sample, r->sample[row * 3], 3, &cell->ratio);
}

static void rig_make(struct rig *r)
{
	memset(r, 0, sizeof(*r));
	r->b = (struct bench){
		.column = {{.name = "native", .what = "nothing", .usable = true},
			   {.name = "fast",
			    .what = "ours",
			    .kind = COLUMN_BAILEY,
			    .usable = true,
			    .version = "0.1"},
			   {.name = "peer",
			    .what = "\"theirs\"",
			    .kind = COLUMN_OCI,
			    .usable = true}},
		.nr_columns = 3,
		.row = rows,
		.row_why = r->why,
		.nr_rows = 3,
		.cell = r->cell,
		.rounds = 3,
		.machine = {.cpu = "A & B <1>", .kernel = "Linux", .system = "Some", .cores = 2},
		.opt.targets = true,
		.date = "2026-01-02T03:04:05Z",
	};
	rig_fill(r, 0, 0, 100, 200, 100);
	rig_fill(r, 0, 1, 40, 80, 45);
	bench_cell(&r->b, 0, 2)->state = CELL_FAILED;
	snprintf(bench_cell(&r->b, 0, 2)->why, BENCH_WHY_MAX, "said \"no\", and left");
	rig_fill(r, 1, 1, 9e6, 9e6, 7e6);
	rig_fill(r, 1, 2, 87e6, 87e6, 87e6);
	snprintf(r->why[2], BENCH_WHY_MAX, "java is not installed");
}

/* What a writer writes. */
static char *written(const struct bench *b, void (*write)(const struct bench *b, FILE *f))
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	write(b, f);
	fclose(f);
	return text;
}

static void write_json(const struct bench *b, FILE *f)
{
	CHECK_EQ(0, bench_write_json(b, f));
}

TEST(verdicts_look_at_the_quartiles)
{
	struct rig r;
	size_t column;

	rig_make(&r);
	CHECK_EQ(VERDICT_MET, bench_verdict(&r.b, 0, &column));
	CHECK_EQ(1, column);
	/* The median misses 8 MB, the first quartile reaches it. */
	CHECK_EQ(VERDICT_UNSURE, bench_verdict(&r.b, 1, &column));
	CHECK_EQ(VERDICT_NONE, bench_verdict(&r.b, 2, &column));
	rig_fill(&r, 0, 1, 90, 190, 95);
	CHECK_EQ(VERDICT_MISSED, bench_verdict(&r.b, 0, &column));
	r.b.column[1].usable = false;
	CHECK_EQ(VERDICT_NONE, bench_verdict(&r.b, 0, &column));
}

TEST(slower_than_a_peer_only_when_sure)
{
	struct rig r;
	double ratio;

	rig_make(&r);
	r.b.column[2].own_kernel = true;
	CHECK_EQ(0, bench_slower_than_peer(&r.b, 0, &ratio)); /* the peer failed */
	CHECK_EQ(0, bench_slower_than_peer(&r.b, 1, &ratio)); /* lighter */
	rig_fill(&r, 0, 2, 20, 40, 50);
	CHECK_EQ(2, bench_slower_than_peer(&r.b, 0, &ratio));
	CHECK_NEAR(2, ratio);
	rig_fill(&r, 0, 2, 20, 160, 90);
	CHECK_EQ(0, bench_slower_than_peer(&r.b, 0, &ratio)); /* who knows */
	r.b.column[2].own_kernel = false;
	rig_fill(&r, 0, 2, 20, 40, 22);
	CHECK_EQ(0, bench_slower_than_peer(&r.b, 0, &ratio));
}

TEST(json_says_all_there_is)
{
	struct rig r;
	char *text;
	json_t *o, *row;

	rig_make(&r);
	text = written(&r.b, write_json);
	o = json_loads(text, 0, NULL);
	REQUIRE(o != NULL);
	CHECK_EQ(3, json_array_size(json_object_get(o, "rows")));
	row = json_array_get(json_object_get(o, "rows"), 0);
	{
		json_t *results = json_object_get(row, "results");
		json_t *fast = json_object_get(results, "fast");

		CHECK_EQ(3, json_array_size(json_object_get(fast, "samples")));
		CHECK_NEAR(45, json_real_value(json_object_get(fast, "median")));
		CHECK_NEAR(0.4, json_real_value(
					json_object_get(json_object_get(fast, "ratio"), "median")));
		CHECK_STR("said \"no\", and left",
			  json_string_value(
				  json_object_get(json_object_get(results, "peer"), "failed")));
		CHECK(!json_object_get(json_object_get(results, "native"), "ratio"));
	}
	CHECK_STR("met",
		  json_string_value(json_object_get(json_object_get(row, "target"), "verdict")));
	row = json_array_get(json_object_get(o, "rows"), 2);
	CHECK_STR("java is not installed", json_string_value(json_object_get(row, "skipped")));
	CHECK_EQ(0, json_object_size(json_object_get(row, "results")));
	json_decref(o);
	free(text);
}

TEST(csv_quotes_what_needs_it)
{
	struct rig r;
	char *text;

	rig_make(&r);
	text = written(&r.b, bench_write_csv);
	CHECK(strstr(text, "\na-call,\"calls, all\",native,ns,3,100,100,150,0,,,,,,\n"));
	CHECK(strstr(text,
		     "\na-call,\"calls, all\",fast,ns,3,45,42.5,62.5,5,0.4,0.4,0.425,0.5,met,\n"));
	CHECK(strstr(text, "peer,ns,0,,,,,,,,,,\"said \"\"no\"\", and left\"\n"));
	CHECK(strstr(text, "\nmemory,sandbox,peer,bytes,3,87000000,"));
	CHECK(!strstr(text, "late"));
	free(text);
}

/* No more than 100 columns on the terminal; bytes that continue a character are none. */
static size_t widest(const char *text)
{
	size_t most = 0, now = 0;

	for (; *text; text++) {
		now = *text == '\n' ? 0 : now + ((*text & 0xc0) != 0x80);
		most = max(most, now);
	}
	return most;
}

TEST(table_fits_and_names_what_failed)
{
	struct rig r;
	char *text;

	rig_make(&r);
	text = written(&r.b, bench_print_table);
	CHECK(widest(text) <= 100);
	CHECK(strstr(text, "0.40 ±"));
	CHECK(strstr(text, "<= 0.50"));
	CHECK(strstr(text, "met"));
	CHECK(strstr(text, "failed a-call under peer: said \"no\", and left\n"));
	CHECK(strstr(text, "skipped late: java is not installed\n"));
	CHECK(strstr(text, "targets: 1 met, 0 missed, 1 unsure\n"));
	free(text);
}

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

TEST(svg_is_well_formed_and_holds_each_figure)
{
	struct rig r;
	char *text;

	rig_make(&r);
	text = written(&r.b, bench_write_svg);
	CHECK(!strncmp(text, "<svg xmlns=\"http://www.w3.org/2000/svg\"", 39));
	CHECK(!strcmp(text + strlen(text) - 7, "</svg>\n"));
	CHECK(strstr(text, "A &amp; B &lt;1&gt;"));
	CHECK(strstr(text, ">0.40  fast<"));
	CHECK(strstr(text, ">87.0 MB  peer<"));
	CHECK(strstr(text, ">native<"));
	CHECK_EQ(count(text, "<text "), count(text, "</text>"));
	/* Two columns in the legend; one bar on the scale and two below it. */
	CHECK_EQ(2 + 1 + 2, count(text, "<rect "));
	CHECK(!strstr(text, "nan") && !strstr(text, "inf"));
	free(text);
}

TEST(svg_of_nothing_is_one)
{
	struct rig r;
	char *text;

	rig_make(&r);
	r.b.nr_rows = 0;
	text = written(&r.b, bench_write_svg);
	CHECK(strstr(text, "</svg>\n"));
	CHECK(!strstr(text, "nan") && !strstr(text, "inf"));
	free(text);
}
