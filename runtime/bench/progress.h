/*
 * The line on a terminal that says how far a run is; nothing when standard error
 * is none.
 */
#pragma once
#include "lib/base.h"

/* progress_begin - a run of about @seconds */
void progress_begin(unsigned seconds);

/* progress_show - @done of @all rows, and what is measured now */
void progress_show(size_t done, size_t all, const char *row, unsigned round, unsigned rounds,
		   const char *column);

/* progress_end - the line is gone */
void progress_end(void);
