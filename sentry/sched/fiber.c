/*
 * Fibers: kernel stacks of their own, switched by hand.
 *
 * A fiber parks by switching to its worker, which marks it parked only after
 * its registers are saved; a token that came in between is seen then, so no
 * wake-up is lost.  Switches are announced to the address and thread sanitizers.
 *
 * Locks: worker->lock guards the lists.
 */
#include "lib/alloc.h"
#include "lib/cycles.h"
#include "lib/log.h"
#include "sched/internal.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

#define FREE_STACKS_MAX 32
#define STACK_GUARD     PAGE_SIZE

#if defined(__SANITIZE_ADDRESS__)

static void announce_to_fiber(struct worker *w, struct fiber *f)
{
	__sanitizer_start_switch_fiber(&w->sanitizer, f->stack, FIBER_STACK_SIZE);
}

static void announce_in_worker(struct worker *w)
{
	__sanitizer_finish_switch_fiber(w->sanitizer, NULL, NULL);
}

static void announce_to_worker(struct fiber *f)
{
	bool last = __atomic_load_n(&f->state, __ATOMIC_RELAXED) == FIBER_DONE;

	__sanitizer_start_switch_fiber(last ? NULL : &f->sanitizer, f->worker->stack_bottom,
				       f->worker->stack_size);
}

static void announce_in_fiber(struct fiber *f)
{
	__sanitizer_finish_switch_fiber(f->sanitizer, &f->worker->stack_bottom,
					&f->worker->stack_size);
}

static void announce_create(struct fiber *f)
{
	f->sanitizer = NULL;
}

static void announce_destroy(struct fiber *f)
{
	(void)f;
}

#elif defined(__SANITIZE_THREAD__)

static void announce_to_fiber(struct worker *w, struct fiber *f)
{
	w->sanitizer = __tsan_get_current_fiber();
	__tsan_switch_to_fiber(f->sanitizer, 0);
}

static void announce_in_worker(struct worker *w)
{
	(void)w;
}

static void announce_to_worker(struct fiber *f)
{
	__tsan_switch_to_fiber(f->worker->sanitizer, 0);
}

static void announce_in_fiber(struct fiber *f)
{
	(void)f;
}

static void announce_create(struct fiber *f)
{
	f->sanitizer = __tsan_create_fiber(0);
}

static void announce_destroy(struct fiber *f)
{
	__tsan_destroy_fiber(f->sanitizer);
}

#else

static inline void announce_to_fiber(struct worker *w, struct fiber *f)
{
	(void)w, (void)f;
}

static inline void announce_in_worker(struct worker *w)
{
	(void)w;
}

static inline void announce_to_worker(struct fiber *f)
{
	(void)f;
}

static inline void announce_in_fiber(struct fiber *f)
{
	(void)f;
}

static inline void announce_create(struct fiber *f)
{
	(void)f;
}

static inline void announce_destroy(struct fiber *f)
{
	(void)f;
}

#endif

static struct fiber *to_fiber(struct parker *p)
{
	return container_of(p, struct fiber, parker);
}

static void enqueue(struct fiber *f)
{
	struct worker *w = f->worker;

	spin_lock(&w->lock);
	list_add_tail(&f->node, &w->runq);
	__atomic_store_n(&w->nr_runnable, w->nr_runnable + 1, __ATOMIC_RELAXED);
	spin_unlock(&w->lock);
	worker_poke(w);
}

void fiber_hand_over(struct fiber *f, struct worker *to)
{
	struct worker *from = f->worker;

	spin_lock(&from->lock);
	list_del(&f->all);
	spin_unlock(&from->lock);
	/* Nobody looks at it before it has parked again: it is running to all others. */
	f->worker = to;
	spin_lock(&to->lock);
	list_add_tail(&f->all, &to->fibers);
	spin_unlock(&to->lock);
	enqueue(f);
}

/* PARKED -> RUNNING, by whoever comes first. */
static void wake_if_parked(struct fiber *f)
{
	u32 parked = FIBER_PARKED;

	if (__atomic_compare_exchange_n(&f->state, &parked, FIBER_RUNNING, false, __ATOMIC_SEQ_CST,
					__ATOMIC_RELAXED))
		enqueue(f);
}

static void fiber_unpark(struct parker *p)
{
	__atomic_store_n(&p->token, 1, __ATOMIC_SEQ_CST);
	wake_if_parked(to_fiber(p));
}

static void deadline_passed(struct timer *t)
{
	fiber_unpark(&container_of(t, struct fiber, timer)->parker);
}

static void switch_to_worker(struct fiber *f, enum fiber_state state)
{
	__atomic_store_n(&f->state, state, __ATOMIC_RELAXED);
	for (;;) {
		announce_to_worker(f);
		fiber_switch(&f->sp, f->worker->sp);
		announce_in_fiber(f);
		if (likely(f->trace_fd < 0))
			return;
		fiber_print_stack(f->trace_fd);
	}
}

static void switch_to_fiber(struct worker *w, struct fiber *f)
{
	announce_to_fiber(w, f);
	fiber_switch(&w->sp, f->sp);
	announce_in_worker(w);
}

void fiber_trace(struct worker *w, struct fiber *f, int fd)
{
	if (__atomic_load_n(&f->state, __ATOMIC_ACQUIRE) != FIBER_PARKED)
		return;
	f->trace_fd = fd;
	switch_to_fiber(w, f);
	f->trace_fd = -1;
}

static void fiber_park(struct parker *p, u64 deadline)
{
	struct fiber *f = to_fiber(p);
	u64 start;

	if (__atomic_exchange_n(&p->token, 0, __ATOMIC_ACQUIRE))
		return;
	park_settle(p);
	start = p->count_slept ? cycles() : 0;
	if (deadline != PARK_FOREVER)
		timer_set(&f->timer, deadline);
	switch_to_worker(f, FIBER_PARKING);
	if (p->count_slept)
		p->slept += cycles_since(start);
	if (deadline != PARK_FOREVER)
		timer_cancel(&f->timer);
	__atomic_store_n(&p->token, 0, __ATOMIC_RELAXED);
}

static const struct park_ops fiber_park_ops = {
	.park = fiber_park,
	.unpark = fiber_unpark,
};

static struct fiber *take_free(struct worker *w)
{
	struct fiber *f = NULL;

	spin_lock(&w->lock);
	if (!list_empty(&w->free)) {
		f = list_first_entry(&w->free, struct fiber, node);
		list_del(&f->node);
		w->nr_free--;
	}
	spin_unlock(&w->lock);
	return f;
}

static int fiber_alloc(struct worker *w, struct fiber **ret)
{
	struct fiber *f = take_free(w);
	void *base;
	int err;

	if (f) {
		*ret = f;
		return 0;
	}
	f = kzalloc(sizeof(*f));
	if (!f)
		return -ENOMEM;
	err = host_mmap(NULL, FIBER_STACK_SIZE + STACK_GUARD, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, HOSTFD_NONE, 0, &base);
	if (!err)
		err = host_mprotect(base, STACK_GUARD, PROT_NONE);
	if (err) {
		kfree(f);
		return -ENOMEM;
	}
	f->stack = (u8 *)base + STACK_GUARD;
	*ret = f;
	return 0;
}

static void fiber_unmap(struct fiber *f)
{
	if (host_munmap(f->stack - STACK_GUARD, FIBER_STACK_SIZE + STACK_GUARD))
		log_error("cannot unmap a kernel stack");
	kfree(f);
}

static void fiber_release(struct worker *w, struct fiber *f)
{
	bool keep;

	announce_destroy(f);
	spin_lock(&w->lock);
	list_del(&f->all);
	keep = w->nr_free < FREE_STACKS_MAX;
	if (keep) {
		list_add(&f->node, &w->free);
		w->nr_free++;
	}
	spin_unlock(&w->lock);
	if (!keep)
		fiber_unmap(f);
}

void fiber_free_stacks(struct worker *w)
{
	struct fiber *f;

	while ((f = take_free(w)))
		fiber_unmap(f);
}

/* The first frames' worth of saved registers, as fiber_switch() pops them. */
static void *first_sp(u8 *stack)
{
	u64 *sp = (u64 *)(void *)(stack + FIBER_STACK_SIZE);

	/* fiber_entry() starts with the stack aligned as the ABI wants it at a call. */
	*--sp = 0;
	*--sp = 0;
	*--sp = (u64)(uintptr_t)fiber_entry;
	for (int i = 0; i < 6; i++)
		*--sp = 0;
	return sp;
}

static int create(const char *name, void (*fn)(void *arg), void *arg, bool mobile,
		  struct fiber **ret)
{
	struct worker *w = balance_place();
	struct fiber *f;
	int err = fiber_alloc(w, &f);

	if (err)
		return err;
	f->parker = (struct parker){.ops = &fiber_park_ops};
	f->worker = w;
	f->mobile = mobile;
	f->state = FIBER_RUNNING;
	f->sp = first_sp(f->stack);
	f->fn = fn;
	f->arg = arg;
	f->trace_fd = -1;
	timer_init(&f->timer, deadline_passed);
	snprintf(f->name, sizeof(f->name), "%s", name);
	announce_create(f);
	spin_lock(&w->lock);
	list_add_tail(&f->all, &w->fibers);
	spin_unlock(&w->lock);
	/* It may run, and be gone, as soon as it is queued. */
	*ret = f;
	enqueue(f);
	return 0;
}

int fiber_create(const char *name, void (*fn)(void *arg), void *arg, struct fiber **ret)
{
	return create(name, fn, arg, false, ret);
}

int fiber_create_mobile(const char *name, void (*fn)(void *arg), void *arg, struct fiber **ret)
{
	return create(name, fn, arg, true, ret);
}

void fiber_first(void)
{
	struct fiber *f = fiber_self();

	announce_in_fiber(f);
	f->fn(f->arg);
	if (f->parker.nr_held)
		panic("fiber %s ended with a lock held", f->name);
	switch_to_worker(f, FIBER_DONE);
	panic("a fiber that had ended ran on");
}

void fiber_run(struct worker *w, struct fiber *f)
{
	w->current = f;
	park_set_self(&f->parker);
	switch_to_fiber(w, f);
	park_set_self(NULL);
	w->current = NULL;
	switch ((enum fiber_state)__atomic_load_n(&f->state, __ATOMIC_RELAXED)) {
	case FIBER_DONE:
		fiber_release(w, f);
		break;
	case FIBER_PARKING:
		__atomic_store_n(&f->state, FIBER_PARKED, __ATOMIC_SEQ_CST);
		if (__atomic_load_n(&f->parker.token, __ATOMIC_SEQ_CST))
			wake_if_parked(f);
		break;
	case FIBER_RUNNING: /* fiber_yield() */
		enqueue(f);
		break;
	case FIBER_PARKED:
		panic("fiber %s switched away while parked", f->name);
	}
}

struct parker *fiber_parker(struct fiber *f)
{
	return &f->parker;
}

bool fiber_is_parked(const struct fiber *f)
{
	return __atomic_load_n(&f->state, __ATOMIC_ACQUIRE) == FIBER_PARKED;
}

struct fiber *fiber_self(void)
{
	struct worker *w = worker_self();

	return w ? w->current : NULL;
}

void fiber_yield(void)
{
	struct fiber *f = fiber_self();

	if (f)
		switch_to_worker(f, FIBER_RUNNING);
}

int fiber_sleep(u64 deadline)
{
	struct parker *p = park_self();

	while (now_ns() < deadline) {
		if (park_interrupted(p))
			return -ERESTARTSYS;
		park_interruptible(deadline);
	}
	return 0;
}
