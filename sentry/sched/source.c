/*
 * Poll sources: what a worker's epoll set watches.
 *
 * An event names its source by a slot of the worker's table and the slot's
 * generation, not by address: a source that was taken away by another thread
 * after epoll_wait() had returned its event, and before it is served, is then
 * found to be gone.
 *
 * Locks: worker->poll_lock guards the table and is held while a source's
 * function runs.
 */
#include "lib/alloc.h"
#include "lib/log.h"
#include "sched/internal.h"

#define SLOTS_FIRST 16

/* A free slot has no source, and in next the one after it. */
struct source_slot {
	struct poll_source *s;
	u32 gen;
	u32 next;
};

#define NO_SLOT UINT32_MAX

static u64 event_of(u32 slot, u32 gen)
{
	return (u64)gen << 32 | slot;
}

/* Twice the slots; @old is what the caller saw, in case another thread was faster. */
static int grow(struct worker *w, u32 old)
{
	u32 nr = old ? old * 2 : SLOTS_FIRST;
	struct source_slot *slots = kcalloc(nr, sizeof(*slots)), *unused = slots;

	if (!slots)
		return -ENOMEM;
	spin_lock(&w->poll_lock);
	if (w->nr_slots == old) {
		if (old)
			memcpy(slots, w->slots, old * sizeof(*slots));
		for (u32 i = nr; i-- > old;) {
			slots[i].next = w->free_slot;
			w->free_slot = i;
		}
		unused = w->slots;
		w->slots = slots;
		w->nr_slots = nr;
	}
	spin_unlock(&w->poll_lock);
	kfree(unused);
	return 0;
}

static int slot_get(struct worker *w, struct poll_source *s)
{
	for (;;) {
		u32 nr, slot;

		spin_lock(&w->poll_lock);
		nr = w->nr_slots;
		slot = w->free_slot;
		if (slot != NO_SLOT) {
			w->free_slot = w->slots[slot].next;
			w->slots[slot].s = s;
			s->slot = slot;
		}
		spin_unlock(&w->poll_lock);
		if (slot != NO_SLOT)
			return 0;
		if (grow(w, nr))
			return -ENOMEM;
	}
}

static void slot_put(struct worker *w, u32 slot)
{
	spin_lock(&w->poll_lock);
	w->slots[slot].s = NULL;
	w->slots[slot].gen++;
	w->slots[slot].next = w->free_slot;
	w->free_slot = slot;
	spin_unlock(&w->poll_lock);
}

static int source_ctl(struct poll_source *s, int op, poll_t events)
{
	struct worker *w = s->worker;
	struct epoll_event ev = {.events = events | (s->level ? 0u : (u32)EPOLLET)};

	spin_lock(&w->poll_lock);
	ev.data.u64 = event_of(s->slot, w->slots[s->slot].gen);
	spin_unlock(&w->poll_lock);
	return host_epoll_ctl(w->epoll, op, s->fd, &ev);
}

void sources_init(struct worker *w)
{
	spin_init(&w->poll_lock);
	w->free_slot = NO_SLOT;
}

void sources_fini(struct worker *w)
{
	kfree(w->slots);
	w->slots = NULL;
}

int source_add_to(struct worker *w, struct poll_source *s, poll_t events)
{
	int err;

	s->worker = w;
	err = slot_get(w, s);
	if (err)
		return err;
	err = source_ctl(s, EPOLL_CTL_ADD, events);
	if (err)
		slot_put(w, s->slot);
	return err;
}

int poll_source_add(struct poll_source *s, poll_t events)
{
	return source_add_to(worker_here(), s, events);
}

int poll_source_mod(struct poll_source *s, poll_t events)
{
	return source_ctl(s, EPOLL_CTL_MOD, events);
}

void poll_source_del(struct poll_source *s)
{
	if (source_ctl(s, EPOLL_CTL_DEL, 0))
		log_error("cannot stop watching host descriptor %d", s->fd.n);
	slot_put(s->worker, s->slot);
}

void sources_serve(struct worker *w, const struct epoll_event *evs, int n)
{
	for (int i = 0; i < n; i++) {
		u32 slot = (u32)evs[i].data.u64;
		struct poll_source *s;

		spin_lock(&w->poll_lock);
		s = w->slots[slot].s;
		if (s && event_of(slot, w->slots[slot].gen) == evs[i].data.u64)
			s->fn(s, evs[i].events);
		spin_unlock(&w->poll_lock);
	}
}
