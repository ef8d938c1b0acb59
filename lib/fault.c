/* Faults on order (fault.h). */
#include "lib/fault.h"

#if defined(BAILEY_DEBUG)
#include "lib/debugenv.h"
#include "lib/log.h"

/* The number behind "ROLE:KIND:"; 0: the order is none, or for somebody else. */
static long ordered(const char *role, const char *kind)
{
	const char *order = debugenv_get("BAILEY_FAULT");
	char want[32];
	int len = snprintf(want, sizeof(want), "%s:%s:", role, kind);

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
