/* Does a row hold the target it was given. */
#include <string.h>

#include "runtime/bench/bench.h"

/* The platform that bailey chooses by itself: the first that can be had. */
static size_t judged_column(const struct bench *b, size_t row)
{
	const char *only = b->row[row].only;

	for (size_t c = 0; c < b->nr_columns; c++)
		if (b->column[c].kind == COLUMN_BAILEY && b->column[c].usable &&
		    (!only || !strcmp(only, b->column[c].name)))
			return c;
	return 0;
}

enum verdict bench_verdict(const struct bench *b, size_t row, size_t *ret_column)
{
	const struct bench_row *r = &b->row[row];
	const struct bench_cell *cell;
	const struct summary *s;

	*ret_column = judged_column(b, row);
	cell = bench_cell(b, row, *ret_column);
	if (r->target_kind == TARGET_NONE || *ret_column == 0 || cell->state != CELL_OK)
		return VERDICT_NONE;
	s = r->target_kind == TARGET_RATIO ? &cell->ratio : &cell->figure;
	if (s->nr == 0)
		return VERDICT_NONE;
	if (s->median <= r->target)
		return VERDICT_MET;
	return s->q1 <= r->target ? VERDICT_UNSURE : VERDICT_MISSED;
}

size_t bench_slower_than_peer(const struct bench *b, size_t row, double *ret_ratio)
{
	size_t ours = judged_column(b, row);
	const struct bench_cell *cell = bench_cell(b, row, ours);

	if (ours == 0 || cell->state != CELL_OK)
		return 0;
	for (size_t c = 1; c < b->nr_columns; c++) {
		const struct bench_cell *peer = bench_cell(b, row, c);
		struct summary s;

		if (!b->column[c].own_kernel || peer->state != CELL_OK)
			continue;
		summarize_ratios(cell->sample, peer->sample, b->rounds, &s);
		*ret_ratio = s.median;
		if (s.nr && s.q1 > 1)
			return c;
	}
	return 0;
}

const char *bench_verdict_name(enum verdict v)
{
	static const char *const names[] = {
		[VERDICT_NONE] = "",
		[VERDICT_MET] = "met",
		[VERDICT_UNSURE] = "unsure",
		[VERDICT_MISSED] = "MISSED",
	};

	return names[v];
}
