/*
 * What stubs sleep on while a call of theirs takes time (bell.c).
 *
 * A bell is a word in a page that every guest address space has, read only; it is
 * known by its offset there, 0 being none.  The page has the epoch too (facts.c).
 */
#pragma once
#include "host/host.h"

struct channel;

int bells_init(void) must_check;
void bells_fini(void);

/* bells_file - what a new zygote maps at BELLS_BASE */
hostfd_t bells_file(void);

/* bell_new - one that few others have */
u32 bell_new(void);

/* bell_advance - who has looked at it before does not begin to sleep any more */
void bell_advance(u32 bell);

/* bell_ring - wake who sleeps on it */
void bell_ring(u32 bell);
