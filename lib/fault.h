/*
 * Faults on order, in debug builds only: the variable BAILEY_FAULT=ROLE:KIND:N
 * makes the N-th allocation (KIND alloc) or host call (KIND host) of a role fail,
 * as tests/lib/run-fault does for N = 1, 2, ...
 */
#pragma once
#include "lib/base.h"

#if defined(BAILEY_DEBUG)
/* fault_arm - set the counter @at of @kind if the order is for @role */
void fault_arm(const char *role, const char *kind, long *at);

/* fault_report - at the end of @role: log it when what was ordered never came up */
void fault_report(const char *role, const char *kind, const long *at);
#else
static inline void fault_arm(const char *role, const char *kind, long *at)
{
	(void)role, (void)kind, (void)at;
}

static inline void fault_report(const char *role, const char *kind, const long *at)
{
	(void)role, (void)kind, (void)at;
}
#endif
