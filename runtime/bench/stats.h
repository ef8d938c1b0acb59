/*
 * What a handful of noisy figures say: medians and quartiles, and how they are
 * written for people.
 */
#pragma once
#include "lib/base.h"

struct summary {
	unsigned nr; /* how many figures; 0: all below are 0 */
	double median, q1, q3;
	double mad; /* median of the distances from the median */
	double min, max;
};

/* summarize - of @nr figures in any order; those that are NAN do not count */
void summarize(const double *v, size_t nr, struct summary *ret);

/*
 * summarize_ratios - of @v[i] / @base[i], pair by pair
 *
 * Pairs were measured right after each other, so that what slows the machine
 * down for a while slows both and drops out.  Pairs with a NAN do not count.
 */
void summarize_ratios(const double *v, const double *base, size_t nr, struct summary *ret);

/* summary_straddles - does @x lie between the quartiles, so that nobody can say which side it is */
bool summary_straddles(const struct summary *s, double x);

/* summary_spread - half the distance of the quartiles, in parts of the median */
double summary_spread(const struct summary *s);

/* What a figure counts. */
enum unit {
	UNIT_NS,    /* time of one operation */
	UNIT_BYTES, /* memory */
	UNIT_TIMES, /* a ratio */
};

#define FIGURE_MAX 24

/* format_figure - `151 ns`, `2.05 us`, `3.1 MB`: three digits */
const char *format_figure(char buf[FIGURE_MAX], double v, enum unit unit);

/* format_ratio - `0.05`, `1.20`, `47.2`, `1130` */
const char *format_ratio(char buf[FIGURE_MAX], double v);
