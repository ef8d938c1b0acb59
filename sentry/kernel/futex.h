/*
 * What the life of a thread asks of futexes (futex.c).
 */
#pragma once
#include "lib/base.h"

struct task;

/* futex_wake - wake up to @nr waiters of the futex at @addr in @t's memory; how many, or -EFAULT */
int futex_wake(struct task *t, uaddr_t addr, int nr, bool shared);

/*
 * futex_exit - @t exits or executes: what it still holds passes on
 *
 * Walks the robust list (t->robust_list), marks each futex FUTEX_OWNER_DIED and
 * wakes a waiter, and hands its PI futexes on; the list is forgotten.  t->mm is
 * still the old one.  May sleep.
 */
void futex_exit(struct task *t);
