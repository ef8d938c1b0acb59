/*
 * The plot: an SVG of horizontal bars on a logarithmic scale.  Native is the line
 * at 1, what is faster goes to the left of it, what is slower to the right.
 *
 * Colours can be told apart by colour-blind people and stand on light and dark
 * alike; every bar says its name, too.  Nothing is painted behind it.
 */
#include <math.h>
#include <string.h>

#include "runtime/bench/bench.h"

#define WIDTH     960.0
#define LEFT      150.0 /* the scale begins: names of rows stand before it */
#define RIGHT     800.0 /* and ends: names of bars stand behind it */
#define BAR       11.0
#define BAR_STEP  13.0
#define ROW_GAP   9.0
#define HEAD      30.0 /* of a group */
#define TOP       64.0 /* above the first group, without the legend */
#define LEGEND    150.0
#define LEGEND_UP 18.0
#define GREY      "#7a7a7a"

/* By name, so that a column looks the same in every plot. */
static const struct {
	const char *name, *colour;
} colours[] = {
	{"fast", "#0072b2"},   {"notify", "#56b4e9"},        {"trap", "#009e73"},
	{"ptrace", "#cc79a7"}, {"runsc-systrap", "#d55e00"}, {"runsc-ptrace", "#e69f00"},
	{"crun", "#999933"},   {"runc", "#7d8fa9"},          {"bwrap", "#a6611a"},
	{"proot", "#b0416b"},  {"docker", "#6a7fdb"},
};

struct plot {
	const struct bench *b;
	FILE *f;
	double low, high; /* ends of the scale, powers of ten's logarithms */
	double y;
};

static const char *colour_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(colours); i++)
		if (!strcmp(colours[i].name, name))
			return colours[i].colour;
	return GREY;
}

static void put_text(FILE *f, const char *s)
{
	for (; *s; s++)
		switch (*s) {
		case '&':
			fputs("&amp;", f);
			break;
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		default:
			fputc(*s, f);
		}
}

static void text(const struct plot *p, double x, double y, const char *class, const char *s)
{
	fprintf(p->f, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
	put_text(p->f, s);
	fputs("</text>\n", p->f);
}

static void line(const struct plot *p, double x1, double y1, double x2, double y2,
		 const char *class)
{
	fprintf(p->f, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1,
		y1, x2, y2, class);
}

/* Where a ratio stands on the scale. */
static double place(const struct plot *p, double ratio)
{
	double at = (log10(ratio) - p->low) / (p->high - p->low);

	return LEFT + (RIGHT - LEFT) * max(0.0, min(1.0, at));
}

static bool has_bar(const struct bench *b, size_t row, size_t column)
{
	const struct bench_cell *cell = bench_cell(b, row, column);
	const struct summary *s = bench_has_ratio(&b->row[row]) ? &cell->ratio : &cell->figure;

	return column > 0 && cell->state == CELL_OK && s->nr > 0 &&
	       (s->median > 0 || !bench_has_ratio(&b->row[row]));
}

static unsigned bars_of(const struct bench *b, size_t row)
{
	unsigned n = 0;

	for (size_t c = 1; c < b->nr_columns; c++)
		n += has_bar(b, row, c);
	return n;
}

static bool starts_group(const struct bench *b, size_t row, const char *before)
{
	return strcmp(before, b->row[row].group) != 0;
}

/* Rows of ratios stand on the scale; the others below it. */
static double height_of_rows(const struct bench *b, bool ratios)
{
	const char *group = "";
	double y = 0;

	for (size_t r = 0; r < b->nr_rows; r++) {
		unsigned bars = bars_of(b, r);

		if (!bars || bench_has_ratio(&b->row[r]) != ratios)
			continue;
		if (starts_group(b, r, group))
			y += HEAD;
		group = b->row[r].group;
		y += bars * BAR_STEP + ROW_GAP;
	}
	return y;
}

/* The scale reaches from the least to the greatest and holds 1 in any case. */
static void find_scale(struct plot *p)
{
	const struct bench *b = p->b;

	p->low = -0.3;
	p->high = 0.7;
	for (size_t r = 0; r < b->nr_rows; r++)
		for (size_t c = 1; c < b->nr_columns; c++) {
			const struct summary *s = &bench_cell(b, r, c)->ratio;

			if (!has_bar(b, r, c) || !bench_has_ratio(&b->row[r]))
				continue;
			p->low = min(p->low, log10(s->median) - 0.15);
			p->high = max(p->high, log10(s->median) + 0.15);
			if (b->opt.targets && b->row[r].target_kind == TARGET_RATIO)
				p->low = min(p->low, log10(b->row[r].target) - 0.1);
		}
}

static double put_legend(const struct plot *p, double y)
{
	double x = 16;

	for (size_t c = 1; c < p->b->nr_columns; c++) {
		const struct bench_column *col = &p->b->column[c];

		if (!col->usable)
			continue;
		if (x + LEGEND > WIDTH + 1) {
			x = 16;
			y += LEGEND_UP;
		}
		fprintf(p->f,
			"<rect x=\"%.1f\" y=\"%.1f\" width=\"12\" height=\"12\" fill=\"%s\"/>\n", x,
			y - 10, colour_of(col->name));
		text(p, x + 17, y, "name", col->name);
		x += LEGEND;
	}
	return y;
}

/* Lines at the powers of ten and what they mean; native in the middle of it. */
static void put_scale(const struct plot *p, double top, double bottom)
{
	char label[32];

	for (int e = (int)ceil(p->low); e <= (int)floor(p->high); e++) {
		double x = place(p, pow(10, e));

		line(p, x, top, x, bottom, e ? "grid" : "native");
		snprintf(label, sizeof(label), e < 0 ? "%.*f\u00d7" : "%.*f\u00d7", e < 0 ? -e : 0,
			 pow(10, e));
		text(p, x, top - 6, "tick", e ? label : "native");
		text(p, x, bottom + 14, "tick", e ? label : "native");
	}
	text(p, place(p, 1) - 30, top - 22, "hint end", "\u2190 faster");
	text(p, place(p, 1) + 30, top - 22, "hint", "slower \u2192");
}

static void put_bar(const struct plot *p, const char *name, double from, double to)
{
	fprintf(p->f, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n",
		min(from, to), p->y, max(fabs(to - from), 1.0), BAR, colour_of(name));
}

/* Figure and name behind whatever reaches furthest to the right. */
static void put_label(const struct plot *p, double x, const char *figure, const char *name)
{
	char label[96];

	snprintf(label, sizeof(label), "%s  %s", figure, name);
	text(p, x + 6, p->y + BAR - 2, "bar", label);
}

static void put_ratio(const struct plot *p, const char *name, const struct summary *s)
{
	char figure[FIGURE_MAX], label[FIGURE_MAX + 8];
	double middle = p->y + BAR / 2, native = place(p, 1), end = place(p, s->median);
	double q1 = place(p, s->q1), q3 = place(p, s->q3);

	format_ratio(figure, s->median);
	snprintf(label, sizeof(label), "%s%s", summary_straddles(s, 1) ? "~" : "", figure);
	put_bar(p, name, native, end);
	line(p, q1, middle, q3, middle, "spread");
	put_label(p, max(max(native, end), q3), label, name);
}

/* Memory and the like have no native to compare with: the largest of the row fills the width. */
static void put_figure(const struct plot *p, const struct bench_row *row, const char *name,
		       const struct summary *s, double largest)
{
	double end = LEFT + (RIGHT - LEFT) * (largest > 0 ? s->median / largest : 0);
	char figure[FIGURE_MAX];

	put_bar(p, name, LEFT, end);
	put_label(p, end, format_figure(figure, s->median, row->unit), name);
}

static double largest_of(const struct bench *b, size_t row)
{
	double largest = 0;

	for (size_t c = 1; c < b->nr_columns; c++)
		if (has_bar(b, row, c))
			largest = max(largest, bench_cell(b, row, c)->figure.median);
	return largest;
}

/* Across the bar that is to reach it. */
static void put_target(const struct plot *p, const struct bench_row *r)
{
	double x = place(p, r->target);

	if (r->target_kind == TARGET_RATIO && p->b->opt.targets)
		line(p, x, p->y - 4, x, p->y + BAR + 3, "target");
}

static void put_row(struct plot *p, size_t row)
{
	const struct bench *b = p->b;
	const struct bench_row *r = &b->row[row];
	size_t judged;

	(void)bench_verdict(b, row, &judged);
	text(p, LEFT - 10, p->y + BAR - 1, "row", r->name);
	for (size_t c = 1; c < b->nr_columns; c++) {
		const struct bench_cell *cell = bench_cell(b, row, c);

		if (!has_bar(b, row, c))
			continue;
		if (bench_has_ratio(r))
			put_ratio(p, b->column[c].name, &cell->ratio);
		else
			put_figure(p, r, b->column[c].name, &cell->figure, largest_of(b, row));
		if (c == judged)
			put_target(p, r);
		p->y += BAR_STEP;
	}
	p->y += ROW_GAP;
}

static void put_rows(struct plot *p, bool ratios)
{
	const char *group = "";

	for (size_t r = 0; r < p->b->nr_rows; r++) {
		if (!bars_of(p->b, r) || bench_has_ratio(&p->b->row[r]) != ratios)
			continue;
		if (starts_group(p->b, r, group)) {
			group = p->b->row[r].group;
			text(p, 16, p->y + HEAD - 11, "group", group);
			p->y += HEAD;
		}
		put_row(p, r);
	}
}

static const char style[] =
	"<style>\n"
	"text { font: 11px system-ui, 'DejaVu Sans', Helvetica, Arial, sans-serif; fill: " GREY
	" }\n"
	".title { font-size: 16px; font-weight: bold }\n"
	".group { font-size: 13px; font-weight: bold }\n"
	".name { font-size: 12px }\n"
	".row { font-size: 12px; text-anchor: end }\n"
	".bar { font-size: 10px }\n"
	".tick { text-anchor: middle }\n"
	".end { text-anchor: end }\n"
	"line { stroke: " GREY " }\n"
	".grid { stroke-width: .5; stroke-opacity: .5 }\n"
	".native { stroke-width: 2 }\n"
	".spread { stroke-width: 1.5 }\n"
	".target { stroke-width: 3 }\n"
	"</style>\n";

/* Three lines of text and the legend; where the scale begins. */
static double put_head(const struct plot *p)
{
	const struct bench_machine *m = &p->b->machine;
	char about[512];

	text(p, 16, 26, "title", "Time as a ratio to native, less is better");
	snprintf(about, sizeof(about), "%s, %u cores; %s; %s; medians of up to %u rounds; %.10s",
		 m->cpu, m->cores, m->kernel, m->system, p->b->rounds, p->b->date);
	text(p, 16, 44, "name", about);
	return put_legend(p, TOP) + 44;
}

static double height_of_head(const struct bench *b)
{
	unsigned shown = 0, lines = 1;

	for (size_t c = 1; c < b->nr_columns; c++)
		shown += b->column[c].usable;
	if (shown)
		lines = 1 + (shown - 1) / (unsigned)((WIDTH - 15) / LEGEND);
	return TOP + 44 + (lines - 1) * LEGEND_UP;
}

/* At the foot: how to read it, and what exactly was measured. */
static void put_foot(const struct plot *p, double y)
{
	char versions[512] = "";
	size_t at = 0;

	text(p, 16, y, "hint",
	     p->b->opt.targets
		     ? "thin lines: quartiles; upright strokes: bailey's target; ~ the quartiles "
		       "include 1"
		     : "thin lines: quartiles; ~ the quartiles include 1");
	for (size_t c = 1; c < p->b->nr_columns && at < sizeof(versions); c++)
		if (p->b->column[c].usable && p->b->column[c].version[0])
			at += (size_t)snprintf(versions + at, sizeof(versions) - at, "%s%s %s",
					       at ? ", " : "", p->b->column[c].name,
					       p->b->column[c].version);
	text(p, 16, y + 16, "hint", versions);
}

void bench_write_svg(const struct bench *b, FILE *f)
{
	struct plot p = {.b = b, .f = f};
	double ratios = height_of_rows(b, true), figures = height_of_rows(b, false);
	double height = height_of_head(b) + ratios + 24 + figures + 56, bottom;

	fprintf(f,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
		"viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n"
		"<title>bailey bench: time as a ratio to native</title>\n%s",
		WIDTH, height, WIDTH, height, style);
	find_scale(&p);
	p.y = put_head(&p);
	bottom = p.y + ratios;
	if (ratios > 0)
		put_scale(&p, p.y, bottom);
	put_rows(&p, true);
	p.y = bottom + 24;
	put_rows(&p, false);
	put_foot(&p, height - 28);
	fputs("</svg>\n", f);
}
