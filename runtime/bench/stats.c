/* Medians, quartiles and their spelling (stats.h). */
#include "runtime/bench/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIGURES_MAX 1024

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Between the two nearest, as most programs for statistics do. */
static double quantile(const double *sorted, size_t nr, double q)
{
	double at = q * (double)(nr - 1);
	size_t low = (size_t)at;

	if (low + 1 >= nr)
		return sorted[nr - 1];
	return sorted[low] + (at - (double)low) * (sorted[low + 1] - sorted[low]);
}

void summarize(const double *v, size_t nr, struct summary *ret)
{
	double kept[FIGURES_MAX];
	size_t n = 0;

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < nr && n < FIGURES_MAX; i++)
		if (!isnan(v[i]))
			kept[n++] = v[i];
	if (n == 0)
		return;
	qsort(kept, n, sizeof(kept[0]), compare);
	ret->nr = (unsigned)n;
	ret->min = kept[0];
	ret->max = kept[n - 1];
	ret->q1 = quantile(kept, n, 0.25);
	ret->median = quantile(kept, n, 0.5);
	ret->q3 = quantile(kept, n, 0.75);
	for (size_t i = 0; i < n; i++)
		kept[i] = fabs(kept[i] - ret->median);
	qsort(kept, n, sizeof(kept[0]), compare);
	ret->mad = quantile(kept, n, 0.5);
}

void summarize_ratios(const double *v, const double *base, size_t nr, struct summary *ret)
{
	double ratio[FIGURES_MAX];

	nr = min(nr, (size_t)FIGURES_MAX);
	for (size_t i = 0; i < nr; i++)
		ratio[i] = base[i] > 0 ? v[i] / base[i] : NAN;
	summarize(ratio, nr, ret);
}

bool summary_straddles(const struct summary *s, double x)
{
	return s->nr && s->q1 <= x && x <= s->q3;
}

double summary_spread(const struct summary *s)
{
	return s->median > 0 ? (s->q3 - s->q1) / 2 / s->median : 0;
}

/* Three digits; what rounds up to a fourth has none behind the point. */
static void three_digits(char *buf, double v, const char *unit)
{
	int behind = v < 9.995 ? 2 : v < 99.95 ? 1 : 0;

	snprintf(buf, FIGURE_MAX, "%.*f %s", behind, v, unit);
}

const char *format_figure(char buf[FIGURE_MAX], double v, enum unit unit)
{
	static const char *const names[][4] = {
		[UNIT_NS] = {"ns", "us", "ms", "s"},
		[UNIT_BYTES] = {"B", "kB", "MB", "GB"},
		[UNIT_TIMES] = {"x", "kx", "Mx", "Gx"},
	};
	int i = 0;

	for (; i < 3 && v >= 999.5; i++)
		v /= 1000;
	three_digits(buf, v, names[unit][i]);
	return buf;
}

const char *format_ratio(char buf[FIGURE_MAX], double v)
{
	int behind = v < 9.995 ? 2 : v < 99.95 ? 1 : 0;

	snprintf(buf, FIGURE_MAX, "%.*f", behind, v);
	return buf;
}
