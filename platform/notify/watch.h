/*
 * Looking at channels instead of sleeping (watch.c).
 *
 * All of it belongs to a worker: called by its fibers, or by the worker itself.
 */
#pragma once
#include "platform/notify/notify.h"

void watch_init(void);

/*
 * watch_add - the calling fiber has let @v run
 * watch_remove - its stub will have to tell us: the fiber sleeps, or @v ends
 */
void watch_add(struct vcpu *v);
void watch_remove(struct vcpu *v);

/*
 * watch_wait - look for a post of @v, and of its worker's other vcpus, for a while
 *
 * Return: true when it is worth asking again; false: sleep.
 */
bool watch_wait(struct vcpu *v) must_check;

/* watch_called - @v had to wake us for a fast call: would looking have been better? */
void watch_called(struct vcpu *v);

/* watch_count - a vcpu of the calling worker has made a call, in whatever way */
void watch_count(void);

/*
 * watch_copied - a stub that looks has had a hand in a long copy
 * @held_up: the cycles it took, if they were too many: were they somebody else's?
 */
void watch_copied(u64 held_up);

/* watch_is_on - the calling worker looks at channels */
bool watch_is_on(void) must_check;

/* watch_spin - a worker with nothing to do (sched_set_spinner) */
enum spin watch_spin(void);
