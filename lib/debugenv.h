/*
 * Variables of the environment that steer debug builds, for the tests:
 *
 *	BAILEY_FAULT    what shall fail (lib/fault.h)
 *	BAILEY_WORKERS  how many workers the sentry has, from the start (sched_init())
 *
 * The roles inherit no environment but these.  Other builds look at none.
 */
#pragma once
#include "lib/base.h"

#define DEBUGENV_MAX 2

#if defined(BAILEY_DEBUG)
/* debugenv_get - the value of @name, or NULL */
const char *debugenv_get(const char *name);

/* debugenv_environ - those that are set, for execve(2) of a role; NULL at the end */
void debugenv_environ(char *ret[DEBUGENV_MAX + 1]);
#else
static inline const char *debugenv_get(const char *name)
{
	(void)name;
	return NULL;
}

static inline void debugenv_environ(char *ret[DEBUGENV_MAX + 1])
{
	ret[0] = NULL;
}
#endif
