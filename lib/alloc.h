/*
 * Memory of the sentry, gofer and command line, with a census and a fault
 * switch for the tests.
 *
 * Every allocation of a role goes through here, so that the n-th one can be
 * made to fail.  Memory comes zeroed.
 */
#pragma once
#include "lib/base.h"

/* kzalloc - @size zeroed bytes, or NULL */
void *kzalloc(size_t size) must_check;

/* kcalloc - @n zeroed elements of @size bytes; NULL also when n * size overflows */
void *kcalloc(size_t n, size_t size) must_check;

/* krealloc - as realloc(3); the new tail is not zeroed */
void *krealloc(void *p, size_t size) must_check;

/* kmemdup, kstrdup, kstrndup - copies; NULL when memory is short */
void *kmemdup(const void *p, size_t size) must_check;
char *kstrdup(const char *s) must_check;
char *kstrndup(const char *s, size_t max) must_check;

/* kasprintf - a formatted string, or NULL */
char *kasprintf(const char *fmt, ...) printf_like(1, 2) must_check;

/* kfree - give memory of the functions above back; NULL is fine */
void kfree(void *p);

static inline void kfree_cleanup(void *pp)
{
	kfree(*(void **)pp);
}

#define cleanup_free __attribute__((cleanup(kfree_cleanup)))

/*
 * The n-th allocation from now fails (1 is the next); 0 turns it off.  Set by
 * the tests, or through BAILEY_FAULT (lib/fault.h) in debug builds.
 */
extern long fault_alloc_at;

/* alloc_live - how many allocations are out; tests assert it returns to where it was */
long alloc_live(void);
