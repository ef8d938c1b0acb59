/*
 * The core the gofer runs on: where the sentry's guests are.
 *
 * The sentry sends a request and sleeps, the gofer sends the reply and sleeps.  Left to the
 * host each wakes on the core that is idle, which costs more than the request.
 */
#pragma once
#include "lib/base.h"

/* core_init - find out which cores this process may use; before the filter */
void core_init(void);

/* core_follow - move to core @core - 1, if it is one of ours; 0: any of them */
void core_follow(u32 core);
