/*
 * The cheapest clock there is: the processor's time stamp counter.
 *
 * For sums of short times only, such as what system calls take.  Counters of two
 * cores may differ: a difference that comes out negative counts as nothing.
 */
#pragma once
#include "lib/base.h"

/* cycles - the counter now */
static inline u64 cycles(void)
{
	return __builtin_ia32_rdtsc();
}

/* cpu_relax - in a loop that waits for another core's store */
static inline void cpu_relax(void)
{
	__builtin_ia32_pause();
}

/* cycles_since - what passed since @start; 0 if the core's counter is behind */
static inline u64 cycles_since(u64 start)
{
	s64 n = (s64)(cycles() - start);

	return n > 0 ? (u64)n : 0;
}

/* cycles_to_ns - by how fast the counter went since the program started */
u64 cycles_to_ns(u64 n);

/* cycles_from_ns - and back: how many cycles that takes, nearly */
u64 cycles_from_ns(u64 ns);
