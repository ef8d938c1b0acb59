/*
 * The gofer's own seccomp filter.
 */
#pragma once
#include "lib/base.h"

/*
 * gofer_filter_install - from now on only what answering requests takes
 *
 * Files, and the one socket it already has: no new socket, process or program.
 * Return: 0 or -errno.
 */
int gofer_filter_install(void) must_check;

/* gofer_filter_nr_calls - how many host calls are left */
size_t gofer_filter_nr_calls(void);
