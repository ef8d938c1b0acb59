/*
 * The table on the terminal.  A row a line: what native takes, then for each
 * column the ratio to it and the spread of the ratio.  Columns that do not fit go
 * into further tables.
 */
#include <string.h>

#include "runtime/bench/bench.h"

#define WIDTH        100
#define NAME_WIDTH   21
#define NATIVE_WIDTH 16
#define CELL_WIDTH   14
#define TARGET_WIDTH 19
#define BUSY         0.1 /* of the processors taken by others is worth a word */

/* `0.82 ±3%`, with ~ before a ratio of which nobody can say on which side of 1 it is. */
static void print_cell(const struct bench_row *row, const struct bench_cell *cell, FILE *f)
{
	bool ratio = bench_has_ratio(row) && row->target_kind != TARGET_FIGURE;
	const struct summary *s = ratio ? &cell->ratio : &cell->figure;
	char figure[FIGURE_MAX], spread[FIGURE_MAX], text[2 * FIGURE_MAX + 8];

	if (cell->state != CELL_OK || s->nr == 0) {
		fprintf(f, "%*s", CELL_WIDTH, cell->state == CELL_FAILED ? "failed" : "-");
		return;
	}
	if (ratio)
		format_ratio(figure, s->median);
	else
		format_figure(figure, s->median, row->unit);
	snprintf(spread, sizeof(spread), "%.0f%%", min(summary_spread(s) * 100, 999.0));
	snprintf(text, sizeof(text), "%s%s", ratio && summary_straddles(s, 1) ? "~" : "", figure);
	fprintf(f, "%*s \u00b1%-3s", CELL_WIDTH - 5, text, spread);
}

static void print_native(const struct bench_row *row, const struct bench_cell *cell, FILE *f)
{
	char figure[FIGURE_MAX], spread[FIGURE_MAX];

	if (cell->state != CELL_OK) {
		fprintf(f, "%*s", NATIVE_WIDTH, cell->state == CELL_FAILED ? "failed" : "-");
		return;
	}
	format_figure(figure, cell->figure.median, row->unit);
	snprintf(spread, sizeof(spread), "%.0f%%", min(summary_spread(&cell->figure) * 100, 999.0));
	fprintf(f, "%*s \u00b1%-3s", NATIVE_WIDTH - 5, figure, spread);
}

static void print_target(const struct bench *b, size_t row, FILE *f)
{
	const struct bench_row *r = &b->row[row];
	char figure[FIGURE_MAX], text[FIGURE_MAX + 8];
	size_t column;

	if (r->target_kind == TARGET_NONE)
		return;
	if (r->target_kind == TARGET_RATIO)
		format_ratio(figure, r->target);
	else
		format_figure(figure, r->target, r->unit);
	snprintf(text, sizeof(text), "<= %s", figure);
	fprintf(f, "  %-*s %s", TARGET_WIDTH - 9, text,
		bench_verdict_name(bench_verdict(b, row, &column)));
}

static void print_head(const struct bench *b, size_t from, size_t to, bool targets, FILE *f)
{
	fprintf(f, "%-*s%*s", NAME_WIDTH, "", NATIVE_WIDTH - 5, "native");
	fprintf(f, "%5s", "");
	for (size_t c = from; c < to; c++)
		if (b->column[c].usable)
			fprintf(f, "%*s", CELL_WIDTH, b->column[c].name);
	fprintf(f, "%s\n", targets ? "  target" : "");
}

static void print_row(const struct bench *b, size_t row, size_t from, size_t to, bool targets,
		      FILE *f)
{
	fprintf(f, "%-*s", NAME_WIDTH, b->row[row].name);
	print_native(&b->row[row], bench_cell(b, row, 0), f);
	for (size_t c = from; c < to; c++)
		if (b->column[c].usable)
			print_cell(&b->row[row], bench_cell(b, row, c), f);
	if (targets)
		print_target(b, row, f);
	fputc('\n', f);
}

static bool is_measured(const struct bench *b, size_t row)
{
	for (size_t c = 0; c < b->nr_columns; c++)
		if (bench_cell(b, row, c)->state != CELL_NONE)
			return true;
	return false;
}

static void print_block(const struct bench *b, size_t from, size_t to, bool targets, FILE *f)
{
	const char *group = "";

	print_head(b, from, to, targets, f);
	for (size_t row = 0; row < b->nr_rows; row++) {
		if (!is_measured(b, row))
			continue;
		if (strcmp(group, b->row[row].group)) {
			group = b->row[row].group;
			fprintf(f, "%s\n", group);
		}
		print_row(b, row, from, to, targets, f);
	}
}

/* As many columns as fit; the first table has the targets, too. */
static void print_blocks(const struct bench *b, FILE *f)
{
	size_t from = 1;
	bool first = true;

	do {
		bool targets = first && b->opt.targets;
		size_t room = WIDTH - NAME_WIDTH - NATIVE_WIDTH - (targets ? TARGET_WIDTH : 0);
		size_t to = from, used = 0;

		while (to < b->nr_columns && used + b->column[to].usable <= room / CELL_WIDTH)
			used += b->column[to++].usable;
		if (!first && used == 0)
			break;
		fputc('\n', f);
		print_block(b, from, to, targets, f);
		from = to;
		first = false;
	} while (from < b->nr_columns);
}

static void print_omitted(const struct bench *b, FILE *f)
{
	for (size_t c = 0; c < b->nr_columns; c++)
		if (!b->column[c].usable)
			fprintf(f, "skipped %s: %s\n", b->column[c].name, b->column[c].why);
	for (size_t r = 0; r < b->nr_rows; r++)
		if (b->row_why[r][0])
			fprintf(f, "skipped %s: %s\n", b->row[r].name, b->row_why[r]);
	for (size_t r = 0; r < b->nr_rows; r++)
		for (size_t c = 0; c < b->nr_columns; c++)
			if (bench_cell(b, r, c)->state == CELL_FAILED)
				fprintf(f, "failed %s under %s: %s\n", b->row[r].name,
					b->column[c].name, bench_cell(b, r, c)->why);
}

static void print_machine(const struct bench *b, FILE *f)
{
	const struct bench_machine *m = &b->machine;

	fprintf(f, "%s, %u core%s, %.0f GB; %s; %s\n", m->cpu, m->cores, m->cores == 1 ? "" : "s",
		(double)m->memory / 1e9, m->kernel, m->system);
	for (size_t c = 1; c < b->nr_columns; c++)
		if (b->column[c].usable)
			fprintf(f, "  %-14s %s (%s)\n", b->column[c].name, b->column[c].what,
				b->column[c].version);
}

static void print_slower(const struct bench *b, FILE *f)
{
	char figure[FIGURE_MAX];
	double ratio;

	for (size_t r = 0; r < b->nr_rows; r++) {
		size_t peer = bench_slower_than_peer(b, r, &ratio);

		if (peer)
			fprintf(f, "%s: %s times the time under %s\n", b->row[r].name,
				format_ratio(figure, ratio), b->column[peer].name);
	}
}

static void print_counts(const struct bench *b, FILE *f)
{
	unsigned n[VERDICT_MISSED + 1] = {0};
	size_t column;

	for (size_t r = 0; r < b->nr_rows; r++)
		n[bench_verdict(b, r, &column)]++;
	fprintf(f, "targets: %u met, %u missed, %u unsure\n", n[VERDICT_MET], n[VERDICT_MISSED],
		n[VERDICT_UNSURE]);
}

void bench_print_table(const struct bench *b, FILE *f)
{
	print_machine(b, f);
	print_blocks(b, f);
	fprintf(f,
		"\nratios to native of the same round; medians of up to %u rounds; ± half the "
		"quartiles' distance;\n~ the quartiles include 1\n",
		b->rounds);
	if (b->machine.others > BUSY)
		fprintf(f,
			"this machine was busy: others had %.0f%% of its processors, which hurts "
			"most what "
			"needs two at once\n",
			b->machine.others * 100);
	print_omitted(b, f);
	if (!b->opt.targets)
		return;
	print_slower(b, f);
	print_counts(b, f);
}
