/*
 * The measuring: row by row, in rounds.  In each round everything that the row is
 * measured under has its turn, in an order that is drawn for it or the reverse of the
 * one before, so that neither a slow minute of the machine nor the place in the order
 * favours anybody.
 */
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "runtime/bench/internal.h"
#include "runtime/bench/procs.h"
#include "runtime/bench/progress.h"
#include "runtime/bench/run.h"

#define SETUP_MS   120000
#define LIMIT_MS   60000 /* of one measurement */
#define LEAST      3u    /* rounds, before the row's time may be up */
#define ROW_S      25    /* a row's time */
#define QUICK_S    8
#define SETTLE_MS  400      /* until a sandbox has become idle */
#define IDLE_MS    1000     /* it is watched for, by default */
#define PATIENCE   64       /* at most so many times what several sandboxes usually take to start */
#define INSIDE_RUN "12 400" /* the runner: at most so many, for so many ms */

static time_t now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* Words of a command, the program by its path, so that nobody searches for it on the clock. */
static void add_command(struct words *w, const struct bench_row *row, const struct bench_place *p)
{
	char *text = words_expand(row->command, &p->words), path[512];

	if (row->shell || row->kind == ROW_SCRIPT) {
		words_split(w, "/bin/sh -c");
		words_add(w, "%s", text);
	} else {
		size_t first = w->nr;

		words_split(w, text);
		if (w->nr > first && w->w[first][0] != '/' &&
		    run_find(w->w[first], path, sizeof(path))) {
			kfree(w->w[first]);
			w->w[first] = words_memory(kstrdup(path));
		}
	}
	kfree(text);
}

static void make_command(struct words *w, const struct bench_row *row, bool native,
			 const struct bench_place *p)
{
	bool other = native && row->native;

	switch (row->kind) {
	case ROW_GUEST:
		words_add(w, "%s/bin/%s", p->work, other ? row->native : row->program);
		words_add(w, "%s", row->command);
		break;
	case ROW_INSIDE:
		words_add(w, "%s/bin/runner", p->work);
		words_split(w, INSIDE_RUN);
		add_command(w, row, p);
		break;
	case ROW_OUTSIDE:
	case ROW_SCRIPT:
	case ROW_MEMORY:
	case ROW_IDLE:
	case ROW_SEVERAL:
		add_command(w, row, p);
		break;
	}
}

/* What an idle sandbox takes; its memory without that of the program in it. */
struct idle {
	const struct bench_row *row;
	char program[128];
	double figure;
};

static double sum_helpers(pid_t root, const char *program, u64 (*of)(pid_t pid))
{
	pid_t all[PROCS_MAX];
	size_t nr = procs_tree(root, all);
	double sum = (double)of(root);

	for (size_t i = 0; i < nr; i++)
		if (!program || !procs_runs(all[i], program))
			sum += (double)of(all[i]);
	return sum;
}

static bool watch_idle(struct run *r, void *arg)
{
	struct idle *w = arg;
	unsigned ms = w->row->watch_ms ? w->row->watch_ms : IDLE_MS;
	double before;

	/* A program that has not come up yet says nothing of an idle sandbox. */
	if (!strstr(r->out, "ready"))
		return true;
	if (w->row->kind == ROW_MEMORY) {
		w->figure = sum_helpers(r->pid, w->program, procs_pss);
		return true;
	}
	before = sum_helpers(r->pid, NULL, procs_cpu_ns);
	poll(NULL, 0, (int)ms);
	w->figure = sum_helpers(r->pid, NULL, procs_cpu_ns) - before;
	return !run_interrupted();
}

/* The number that a program has printed last. */
static int printed(const char *out, double *ret)
{
	const char *at = out + strlen(out);
	char *end;

	while (at > out && at[-1] == '\n')
		at--;
	while (at > out && at[-1] != '\n')
		at--;
	*ret = strtod(at, &end);
	return end == at || *ret <= 0 ? -EBADMSG : 0;
}

static bool is_idle(const struct bench_row *row)
{
	return row->kind == ROW_MEMORY || row->kind == ROW_IDLE;
}

/* The whole command line of a turn; @idle is told what its program is. */
static int make_line(const struct bench_row *row, const struct bench_column *c,
		     const struct bench_place *p, unsigned patience, struct idle *idle,
		     struct words *ret)
{
	struct words cmd = {0};
	int err;

	if (row->kind == ROW_SEVERAL)
		return several_command(row, c, p, patience, ret);
	make_command(&cmd, row, c->kind == COLUMN_NATIVE, p);
	snprintf(idle->program, sizeof(idle->program), "%s", cmd.w[0]);
	err = column_command(c, p, &cmd, ret);
	words_free(&cmd);
	return err;
}

static int take_figure(const struct bench_row *row, const struct run *r, const struct idle *idle,
		       double *ret)
{
	switch (row->kind) {
	case ROW_GUEST:
	case ROW_INSIDE:
	case ROW_SCRIPT:
		return printed(r->out, ret);
	case ROW_OUTSIDE:
		*ret = (double)r->ns;
		return 0;
	case ROW_MEMORY:
	case ROW_IDLE:
		*ret = idle->figure;
		return isnan(*ret) ? -ETIME : 0;
	case ROW_SEVERAL:
		return several_figure(row, r, ret);
	}
	return -EINVAL;
}

/* One attempt at a figure; 0, or -errno with the reason in @why, -EAGAIN: with more patience. */
static int attempt(const struct bench_row *row, const struct bench_column *c,
		   const struct bench_place *p, unsigned patience, double *ret,
		   char why[BENCH_WHY_MAX])
{
	struct words line = {0};
	struct idle idle = {.row = row, .figure = NAN};
	struct run r = {.env = run_env(), .limit_ms = LIMIT_MS + row->watch_ms};
	int err = make_line(row, c, p, patience, &idle, &line);

	r.argv = line.w;
	r.discard = row->kind == ROW_OUTSIDE;
	if (is_idle(row)) {
		r.watch = watch_idle;
		r.watch_arg = &idle;
		r.watch_ms = SETTLE_MS + (unsigned)(c->start_ns / NSEC_PER_MSEC);
	}
	if (!err)
		err = run_command(&r);
	if (err || is_idle(row))
		column_after(c, p, row->kind == ROW_SEVERAL ? several_count(row) : 1);
	if (!err)
		err = take_figure(row, &r, &idle, ret);
	if (err)
		run_why(&r, err, why, BENCH_WHY_MAX);
	words_free(&line);
	return err == -ECHILD && several_was_late(row, &r) ? -EAGAIN : err;
}

/* One figure; 0, or -errno with the reason in @why. */
static int measure(const struct bench_row *row, const struct bench_column *c,
		   const struct bench_place *p, double *ret, char why[BENCH_WHY_MAX])
{
	int err = -EAGAIN;

	for (unsigned patience = 1; err == -EAGAIN && patience <= PATIENCE; patience *= 4)
		err = attempt(row, c, p, patience, ret, why);
	return err;
}

/* Is there anything to measure for this pair. */
static bool applies(const struct bench_row *row, const struct bench_column *c)
{
	if (!c->usable)
		return false;
	if (c->kind == COLUMN_NATIVE)
		return bench_has_ratio(row);
	/* What a daemon holds for it is nobody's child, and may be many. */
	if (c->kind == COLUMN_DOCKER && (!bench_has_ratio(row) || row->kind == ROW_SEVERAL))
		return false;
	return !row->only || !strcmp(row->only, c->name);
}

static void swap(size_t *a, size_t *b)
{
	size_t was = *a;

	*a = *b;
	*b = was;
}

static void shuffle(size_t *v, size_t nr)
{
	u32 r;

	for (size_t i = nr; i > 1; i--) {
		if (getrandom(&r, sizeof(r), 0) != sizeof(r))
			return;
		swap(&v[i - 1], &v[r % i]);
	}
}

static void reverse(size_t *v, size_t nr)
{
	for (size_t i = 0; i < nr / 2; i++)
		swap(&v[i], &v[nr - 1 - i]);
}

static bool setup(struct bench *b, size_t row, struct bench_place *p)
{
	char *script;
	struct run r = {.env = run_env(), .limit_ms = SETUP_MS};
	int err;

	if (row_missing(&b->row[row], b->row_why[row]))
		return false;
	if (!b->row[row].setup)
		return true;
	script = words_expand(b->row[row].setup, &p->words);
	r.argv = (char *[]){(char *)"/bin/sh", (char *)"-ec", script, NULL};
	err = run_command(&r);
	if (err) {
		char why[BENCH_WHY_MAX];

		run_why(&r, err, why, sizeof(why));
		snprintf(b->row_why[row], BENCH_WHY_MAX, "preparing it failed: %.150s", why);
	}
	kfree(script);
	return !err;
}

/* One turn of one pair; false: it failed. */
static bool take_turn(struct bench *b, size_t row, size_t column, unsigned round,
		      struct bench_place *p)
{
	struct bench_cell *cell = bench_cell(b, row, column);
	int err;

	if (cell->state == CELL_FAILED || cell->state == CELL_SKIPPED)
		return true;
	progress_show(row, b->nr_rows, b->row[row].name, round, b->rounds, b->column[column].name);
	err = measure(&b->row[row], &b->column[column], p, &cell->sample[round], cell->why);
	if (!err) {
		cell->state = CELL_OK;
		return true;
	}
	cell->sample[round] = NAN;
	if (err == -EINTR)
		return true;
	cell->state = CELL_FAILED;
	return false;
}

static void sum_up(struct bench *b, size_t row)
{
	const struct bench_cell *native = bench_cell(b, row, 0);

	for (size_t c = 0; c < b->nr_columns; c++) {
		struct bench_cell *cell = bench_cell(b, row, c);

		if (!cell->sample)
			continue;
		summarize(cell->sample, b->rounds, &cell->figure);
		if (native->sample)
			summarize_ratios(cell->sample, native->sample, b->rounds, &cell->ratio);
	}
}

static bool measure_row(struct bench *b, size_t row, struct bench_place *p)
{
	size_t order[BENCH_COLUMNS_MAX], nr = 0;
	time_t until = now_s() + (b->opt.quick ? QUICK_S : ROW_S);
	bool good = true;

	for (size_t c = 0; c < b->nr_columns; c++) {
		struct bench_cell *cell = bench_cell(b, row, c);

		if (!applies(&b->row[row], &b->column[c]))
			continue;
		cell->sample = words_memory(kcalloc(b->rounds, sizeof(double)));
		for (unsigned i = 0; i < b->rounds; i++)
			cell->sample[i] = NAN;
		order[nr++] = c;
	}
	for (unsigned round = 0; round < b->rounds; round++) {
		if (round >= LEAST && now_s() >= until)
			break;
		if (round % 2)
			reverse(order, nr);
		else
			shuffle(order, nr);
		for (size_t i = 0; i < nr && !run_interrupted(); i++)
			good = take_turn(b, row, order[i], round, p) && good;
	}
	sum_up(b, row);
	return good;
}

/* About what one round of a row takes under a column, in ms. */
static double expected_ms(const struct bench_row *row, const struct bench_column *c)
{
	double start = (double)c->start_ns / NSEC_PER_MSEC;
	/* Guest programs measure for a time, whatever one operation takes. */
	double slower = row->kind == ROW_GUEST || !c->slower ? 1 : c->slower;

	/* Those who measure for a time are given time to start. */
	if (row->kind == ROW_SEVERAL && row->several != SEVERAL_TIME)
		return start * (several_count(row) + 1) + row->nominal_ms;
	if (row->kind == ROW_SEVERAL)
		start *= several_count(row);
	return start + row->nominal_ms * slower + row->watch_ms;
}

unsigned bench_estimate(const struct bench *b)
{
	double ms = 0, limit = (b->opt.quick ? QUICK_S : ROW_S) * 1000.0;
	char why[BENCH_WHY_MAX];

	for (size_t r = 0; r < b->nr_rows; r++) {
		double round = 0;

		if (row_missing(&b->row[r], why))
			continue;
		for (size_t c = 0; c < b->nr_columns; c++)
			if (applies(&b->row[r], &b->column[c]))
				round += expected_ms(&b->row[r], &b->column[c]);
		ms += max(min(round * b->rounds, limit), round * min(b->rounds, LEAST));
	}
	return (unsigned)(ms / 1000) + 1;
}

bool bench_measure(struct bench *b, struct bench_place *p)
{
	bool good = true;

	progress_begin(bench_estimate(b));
	for (size_t row = 0; row < b->nr_rows && !run_interrupted(); row++) {
		if (setup(b, row, p))
			good = measure_row(b, row, p) && good;
		else if (!run_interrupted() && !row_missing(&b->row[row], b->row_why[row]))
			good = false;
	}
	progress_end();
	return good;
}
