/*
 * File mappings that guest processes keep, so that mapping the file again takes
 * no descriptor (keep.c).
 */
#pragma once
#include "lib/base.h"
#include "platform/platform.h"

#define KEEP_SLOTS 16

/* What keep_expand() makes of one op at most. */
#define KEEP_OPS 3

void keep_init(void);
void keep_fini(void);

/* keep_hide_all - as platform_hide_files() */
void keep_hide_all(void);

/* keep_expand - write to @out what is to be done for @op in the address space of @v; how many */
unsigned keep_expand(struct vcpu *v, const struct host_op *op, struct host_op *out);

/*
 * keep_find - as keep_expand(), if that takes no descriptor; 0: it does
 *
 * Nothing is counted then, or noted.
 */
unsigned keep_find(struct vcpu *v, const struct host_op *op, struct host_op *out);

/* keep_forget - of what stands in the address space of @v nothing is known any more */
void keep_forget(struct vcpu *v);

/* keep_drop_old - the stopped @v gives up what it keeps, if some of that is not for it any more; 0
 * or -errno */
int keep_drop_old(struct vcpu *v) must_check;

/*
 * keep_provide - the stopped @v, which forks, maps what its children will want
 *
 * What does not work out is done without.
 */
void keep_provide(struct vcpu *v);
