/*
 * Clean processes ahead of need, and the burial of dead ones (pool.c); and host
 * threads that are kept (spare.c).
 */
#pragma once
#include "lib/base.h"

struct aspace;
struct vcpu;

void pool_init(void);
int pool_start(void) must_check;
void pool_stop(void);

/* pool_bury - have aspace_free() called where sleeping is allowed */
void pool_bury(struct aspace *as);

/* pool_reap - wait for the killed process @pid, which no struct aspace stands for */
void pool_reap(pid_t pid);

/* pool_bury_rest - no keeper runs any more: bury here */
void pool_bury_rest(void);

/* spare_reserve_locked - is @v, which is being destroyed, kept?  as->lock is held */
bool spare_reserve_locked(struct vcpu *v) must_check;

/* spare_park - the kept @v goes to wait in its stub */
void spare_park(struct vcpu *v);

/* spare_take - as notify_vcpu_create(), of a vcpu that was kept; -ENOENT: there is none */
int spare_take(struct vcpu *parent, struct vcpu **ret) must_check;
