/* The one door to the heap, with a census and a fault switch (alloc.h). */
#include "lib/alloc.h"

#include <stdarg.h>

long fault_alloc_at;
static long live;

static bool alloc_faulted(void)
{
	if (likely(!__atomic_load_n(&fault_alloc_at, __ATOMIC_RELAXED)))
		return false;
	return __atomic_sub_fetch(&fault_alloc_at, 1, __ATOMIC_RELAXED) == 0;
}

static void *counted(void *p)
{
	if (p)
		__atomic_add_fetch(&live, 1, __ATOMIC_RELAXED);
	return p;
}

void *kzalloc(size_t size)
{
	return kcalloc(1, size);
}

/*
 * glibc's cache of freed pieces, several times as fast as the rest, is used by
 * malloc() and not by calloc(); it holds pieces of up to about this size.
 */
#define CACHED_MAX 1032

void *kcalloc(size_t n, size_t size)
{
	size_t all;
	void *p;

	/* Checked here, since the sanitizers take calloc's own check for a bug of ours. */
	if (__builtin_mul_overflow(n, size, &all) || alloc_faulted())
		return NULL;
	if (all > CACHED_MAX)
		return counted(calloc(1, all));
	p = counted(malloc(all));
	return p ? memset(p, 0, all) : NULL;
}

void *krealloc(void *p, size_t size)
{
	if (alloc_faulted())
		return NULL;
	return p ? realloc(p, size) : counted(realloc(NULL, size));
}

void *kmemdup(const void *p, size_t size)
{
	void *q = kcalloc(1, size ? size : 1);

	if (q)
		memcpy(q, p, size);
	return q;
}

char *kstrdup(const char *s)
{
	return kmemdup(s, strlen(s) + 1);
}

char *kstrndup(const char *s, size_t max)
{
	size_t n = strnlen(s, max);
	char *q = kcalloc(1, n + 1);

	if (q)
		memcpy(q, s, n);
	return q;
}

char *kasprintf(const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	int n;

	if (alloc_faulted())
		return NULL;
	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	return n < 0 ? NULL : counted(s);
}

void kfree(void *p)
{
	if (!p)
		return;
	__atomic_sub_fetch(&live, 1, __ATOMIC_RELAXED);
	free(p);
}

long alloc_live(void)
{
	return __atomic_load_n(&live, __ATOMIC_RELAXED);
}
