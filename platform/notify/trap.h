/* A second filter, where somebody else's is in force already (trap.c). */
#pragma once
#include "platform/notify/channel.h"

/* trap_is_needed - somebody else's filter is in force */
bool trap_is_needed(void);

/* trap_order - order @n puts the filter on; @scratch as for chan_scratch(); the next order */
unsigned trap_order(struct channel *ch, unsigned n, size_t *scratch);
