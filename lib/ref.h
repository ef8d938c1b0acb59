/*
 * Reference counts that never come back from zero.
 *
 * A count aborts when it is raised from 0 or dropped below 0, in every build,
 * and saturates instead of wrapping: a leak is better than a use after free.
 */
#pragma once
#include "lib/base.h"

#define REF_SATURATED (INT32_MAX / 2)

struct ref {
	s32 n; /* atomic */
};

static inline void ref_init(struct ref *r)
{
	r->n = 1;
}

static inline s32 ref_read(const struct ref *r)
{
	return __atomic_load_n(&r->n, __ATOMIC_RELAXED);
}

static inline void ref_get(struct ref *r)
{
	s32 old = __atomic_fetch_add(&r->n, 1, __ATOMIC_RELAXED);

	if (unlikely(old <= 0))
		panic("reference taken on a dead object");
	if (unlikely(old >= REF_SATURATED))
		__atomic_store_n(&r->n, REF_SATURATED, __ATOMIC_RELAXED);
}

/* Take a reference unless the object is already dying; for lookups that race with removal. */
static inline bool ref_get_unless_zero(struct ref *r)
{
	s32 old = ref_read(r);

	do {
		if (old <= 0)
			return false;
	} while (!__atomic_compare_exchange_n(&r->n, &old, old + 1, true, __ATOMIC_ACQUIRE,
					      __ATOMIC_RELAXED));
	return true;
}

/* Drop a reference.  True: it was the last, and the caller frees the object. */
static inline bool must_check ref_put(struct ref *r)
{
	s32 old = __atomic_fetch_sub(&r->n, 1, __ATOMIC_ACQ_REL);

	if (unlikely(old <= 0))
		panic("reference dropped below zero");
	if (unlikely(old >= REF_SATURATED)) {
		__atomic_store_n(&r->n, REF_SATURATED, __ATOMIC_RELAXED);
		return false;
	}
	return old == 1;
}
