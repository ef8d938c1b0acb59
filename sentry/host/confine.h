/*
 * What the sentry does to itself before the first guest instruction.
 */
#pragma once
#include "lib/harden.h"

/*
 * host_isolate - namespaces and an empty root; before platform_init(), one thread
 * @keep: descriptors the role was started with, ascending; all others are closed
 */
void host_isolate(const int *keep, size_t nr, u64 born_in, struct harden_report *r);

/* host_isolate_end - leave the old root; while the platform starts, since it takes time */
void host_isolate_end(struct harden_report *r);

/*
 * host_confine - no capability, no dump, and the filter; after platform_init()
 * @trace: the platform is ptrace
 *
 * Nothing that calls.h marks BOOT can be done any more.
 */
void host_confine(bool trace, struct harden_report *r);

/* host_layers_wanted - what --strict insists on, as bits of enum harden_layer */
u32 host_layers_wanted(void);
