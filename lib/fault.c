/* Faults on order (fault.h). */
#include "lib/fault.h"

#if defined(BAILEY_DEBUG)
#include <unistd.h>

#include "lib/log.h"

#define FAULT_VARIABLE "BAILEY_FAULT="

char *fault_order(void)
{
	for (char **e = environ; *e; e++)
		if (!strncmp(*e, FAULT_VARIABLE, strlen(FAULT_VARIABLE)))
			return *e;
	return NULL;
}

/* The number behind "ROLE:KIND:"; 0: the order is none, or for somebody else. */
static long ordered(const char *role, const char *kind)
{
	const char *order = fault_order();
	char want[32];
	int len = snprintf(want, sizeof(want), FAULT_VARIABLE "%s:%s:", role, kind);

	return order && !strncmp(order, want, (size_t)len) ? atol(order + len) : 0;
}

void fault_arm(const char *role, const char *kind, long *at)
{
	long n = ordered(role, kind);

	if (n > 0)
		*at = n;
}

void fault_report(const char *role, const char *kind, const long *at)
{
	if (ordered(role, kind) > 0 && *at > 0)
		log_warn("fault: not reached");
}
#endif
