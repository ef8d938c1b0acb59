/*
 * The core the gofer runs on (core.h)
 */
#include "gofer/core.h"

#include <sched.h>

#include "gofer/sys.h"
#include "lib/log.h"

static cpu_set_t ours; /* one core or none: there is no choice */
static u32 followed;

void core_init(void)
{
	if (sched_getaffinity(0, sizeof(ours), &ours) || CPU_COUNT(&ours) < 2)
		CPU_ZERO(&ours);
}

void core_follow(u32 core)
{
	cpu_set_t set = ours;

	if (likely(core == followed))
		return;
	followed = core;
	if (core) {
		if (!CPU_ISSET(core - 1, &ours))
			return;
		CPU_ZERO(&set);
		CPU_SET(core - 1, &set);
	}
	if (CPU_COUNT(&set) && gsys_setaffinity(&set))
		log_debug("the host chooses our core");
}
