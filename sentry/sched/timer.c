/*
 * Timers: one pairing heap a worker.
 *
 * Arming is O(1), taking the earliest O(log n) amortised, and neither needs
 * memory, so timer_set() cannot fail.
 *
 * Locks: worker->timer_lock; a timer's function runs without it.
 */
#include <sched.h>

#include "sched/internal.h"

static struct timer *meld(struct timer *a, struct timer *b)
{
	if (!a)
		return b;
	if (!b)
		return a;
	if (b->expires < a->expires) {
		struct timer *t = a;

		a = b;
		b = t;
	}
	b->prev = a;
	b->next = a->child;
	if (a->child)
		a->child->prev = b;
	a->child = b;
	a->next = a->prev = NULL;
	return a;
}

/* Meld the siblings from @first on: pairs from left to right, then all from right to left. */
static struct timer *meld_siblings(struct timer *first)
{
	struct timer *pairs = NULL, *root = NULL;

	while (first) {
		struct timer *a = first, *b = a->next;

		first = b ? b->next : NULL;
		a->next = a->prev = NULL;
		if (b)
			b->next = b->prev = NULL;
		a = meld(a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		struct timer *next = pairs->next;

		pairs->next = NULL;
		root = meld(root, pairs);
		pairs = next;
	}
	return root;
}

static void heap_remove(struct worker *w, struct timer *t)
{
	struct timer *rest = meld_siblings(t->child);

	if (w->heap == t) {
		w->heap = rest;
	} else {
		/* prev is the left sibling, or the parent for a first child. */
		if (t->prev->child == t)
			t->prev->child = t->next;
		else
			t->prev->next = t->next;
		if (t->next)
			t->next->prev = t->prev;
		w->heap = meld(w->heap, rest);
	}
	t->child = t->next = t->prev = NULL;
	__atomic_store_n(&t->worker, NULL, __ATOMIC_RELAXED);
}

void timer_init(struct timer *t, void (*fn)(struct timer *t))
{
	*t = (struct timer){.fn = fn};
}

/* Take @t off whatever heap it is on; false: it was on none. */
static bool timer_unlink(struct timer *t)
{
	struct worker *w;

	while ((w = __atomic_load_n(&t->worker, __ATOMIC_ACQUIRE))) {
		bool here;

		spin_lock(&w->timer_lock);
		here = t->worker == w;
		if (here)
			heap_remove(w, t);
		spin_unlock(&w->timer_lock);
		if (here)
			return true;
	}
	return false;
}

void timer_set(struct timer *t, u64 expires)
{
	struct worker *w = worker_here();
	bool first;

	timer_unlink(t);
	spin_lock(&w->timer_lock);
	t->expires = expires;
	__atomic_store_n(&t->worker, w, __ATOMIC_RELEASE);
	w->heap = meld(w->heap, t);
	first = w->heap == t;
	spin_unlock(&w->timer_lock);
	if (first)
		worker_poke(w);
}

bool timer_cancel(struct timer *t)
{
	bool armed = timer_unlink(t);
	struct worker *w;

	for (unsigned i = 0; (w = worker_each(i)); i++)
		while (w != worker_self() &&
		       __atomic_load_n(&w->running_timer, __ATOMIC_ACQUIRE) == t)
			sched_yield();
	return armed;
}

/* The next timer if it is due; else NULL, with its deadline. */
static struct timer *take_due(struct worker *w, u64 *now, u64 *ret_next)
{
	struct timer *t;

	spin_lock(&w->timer_lock);
	t = w->heap;
	*ret_next = t ? t->expires : PARK_FOREVER;
	if (t && !*now)
		*now = now_ns();
	if (t && t->expires <= *now) {
		__atomic_store_n(&w->running_timer, t, __ATOMIC_RELEASE);
		heap_remove(w, t);
	} else {
		t = NULL;
	}
	spin_unlock(&w->timer_lock);
	return t;
}

u64 timers_run(struct worker *w)
{
	u64 now = 0, next;
	struct timer *t;

	while ((t = take_due(w, &now, &next))) {
		t->fn(t);
		__atomic_store_n(&w->running_timer, NULL, __ATOMIC_RELEASE);
	}
	return next;
}
