/* The progress line (progress.h). */
#include "runtime/bench/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static bool on;
static time_t begun;
static unsigned expected;

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

void progress_begin(unsigned seconds)
{
	on = isatty(STDERR_FILENO);
	begun = now();
	expected = seconds;
}

/* From what was expected at first, and more and more from what it took so far. */
static unsigned seconds_left(size_t done, size_t all)
{
	double part = all ? (double)done / (double)all : 1;
	double gone = (double)(now() - begun);
	double guess = part > 0 ? (1 - part) * expected + part * (gone / part) : expected;

	return guess > gone ? (unsigned)(guess - gone) : 0;
}

void progress_show(size_t done, size_t all, const char *row, unsigned round, unsigned rounds,
		   const char *column)
{
	unsigned left;

	if (!on)
		return;
	left = seconds_left(done, all);
	fprintf(stderr, "\r[%zu/%zu] %s, round %u of %u, %s, about %u:%02u left\x1b[K", done + 1,
		all, row, round + 1, rounds, column, left / 60, left % 60);
	fflush(stderr);
}

void progress_end(void)
{
	if (on)
		fputs("\r\x1b[K", stderr);
	on = false;
}
