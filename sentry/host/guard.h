/*
 * Copies from memory that may not be there: a mapping of a file that somebody
 * cuts while we read it, or whose disk fails.
 */
#pragma once
#include "lib/base.h"

/*
 * guard_init - catch SIGBUS in guarded_copy(); anywhere else it stays deadly
 *
 * Before the sentry's filter is on, and before the first guarded_copy().
 * Return: 0 or -errno.
 */
int guard_init(void) must_check;

/* guard_ready - has guard_init() succeeded */
bool guard_ready(void);

/* guarded_copy - copy @n bytes; how many are left because a page of @src cannot be had */
size_t guarded_copy(void *dst, const void *src, size_t n);
