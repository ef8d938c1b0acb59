/*
 * The rate of the time stamp counter (cycles.h): found at the first question and
 * kept, so that sums never go backwards.
 */
#include "lib/cycles.h"

#include "lib/park.h"

#define SHIFT     32
#define LONG_TIME NSEC_PER_MSEC /* over which the rate is known well */

static u64 first_cycles, first_ns; /* set before main() */
static u64 rate;                   /* atomic: ns a cycle << SHIFT; 0: not yet known */

__attribute__((constructor)) static void cycles_start(void)
{
	first_cycles = cycles();
	first_ns = now_ns();
}

static u64 measure(void)
{
	u64 ns = now_ns() - first_ns, all = max(cycles_since(first_cycles), (u64)1), none = 0;
	u64 now = (u64)(((unsigned __int128)ns << SHIFT) / all);

	if (ns >= LONG_TIME && !__atomic_compare_exchange_n(&rate, &none, now, false,
							    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return none;
	return now;
}

u64 cycles_to_ns(u64 n)
{
	u64 r = __atomic_load_n(&rate, __ATOMIC_RELAXED);

	return (u64)(((unsigned __int128)n * (r ? r : measure())) >> SHIFT);
}

u64 cycles_from_ns(u64 ns)
{
	u64 r = __atomic_load_n(&rate, __ATOMIC_RELAXED);

	return (u64)(((unsigned __int128)ns << SHIFT) / max(r ? r : measure(), 1ul));
}
