/*
 * What fibers, workers and timers of this folder know of each other.
 */
#pragma once
#include <pthread.h>
#include <sched.h>

#include "host/host.h"
#include "lib/list.h"
#include "lib/mutex.h"
#include "lib/park.h"
#include "sched/sched.h"

/* The sanitizers' frames are several times as large. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FIBER_STACK_SIZE (512ul << 10)
#else
#define FIBER_STACK_SIZE (64ul << 10)
#endif

#define WORKERS_MAX 64

/*
 * FIBER_RUNNING   on a worker, or queued to run
 * FIBER_PARKING   is switching away; the worker makes it PARKED
 * FIBER_PARKED    sleeps; whoever leaves a token moves it to RUNNING and queues it
 * FIBER_DONE      its function returned; the worker frees it
 */
enum fiber_state { FIBER_RUNNING, FIBER_PARKING, FIBER_PARKED, FIBER_DONE };

struct fiber {
	struct parker parker;  /* first: fiber_parker() and back */
	struct list_head node; /* worker's run queue or free list; worker->lock */
	struct list_head all;  /* every fiber of the worker; worker->lock */
	struct worker *worker; /* changed by the worker itself, while queued (balance.c) */
	bool mobile;           /* immutable: it may be handed to another worker */
	u32 state;             /* atomic: enum fiber_state */
	void *sp;              /* saved stack pointer; the worker's, while it does not run */
	u8 *stack;             /* lowest usable byte; the guard page is below */
	void (*fn)(void *arg);
	void *arg;
	struct timer timer; /* ends park() at its deadline */
	void *sanitizer;    /* TSan's fiber, or ASan's fake stack */
	int trace_fd;       /* the worker's: resumed only to print its stack there; else -1 */
	char name[16];
};

struct worker {
	unsigned index;
	pthread_t thread; /* but for the first */
	hostfd_t epoll;
	struct poll_source wake; /* an eventfd: other threads have queued something */
	bool sleeping;           /* atomic: in, or about to enter, epoll_wait */
	void *sp;                /* the worker's own stack while a fiber runs */
	void *sanitizer;
	const void *stack_bottom; /* of the worker's own stack, for ASan */
	size_t stack_size;
	struct fiber *current; /* the worker's thread only */
	u64 polled_at, slice;  /* the worker's thread only; cycles */

	/* core.c; the worker's thread only */
	int left;          /* looks at channels, away from this core; -1: it is at home */
	u64 tied_until;    /* cycles; 0: it may run on any core */
	u64 crowded_until; /* cycles; it is not tied before */
	cpu_set_t cores;   /* those it had before it was tied */

	/* balance.c; the worker's thread only */
	u32 crowd;         /* fibers found queued at a round, on average */
	u64 crowded_since; /* 0: it is not */
	unsigned rounds;

	struct spinlock lock; /* guards the three lists */
	struct list_head runq;
	unsigned nr_runnable; /* length of runq; read atomically without the lock */
	struct list_head fibers;
	struct list_head free; /* stacks to use again */
	unsigned nr_free;

	struct spinlock timer_lock; /* guards the heap */
	struct timer *heap;
	struct timer *running_timer; /* atomic: whose function runs now */

	struct spinlock poll_lock; /* guards the table; held while a source's function runs */
	struct source_slot *slots; /* source.c */
	u32 nr_slots, free_slot;
};

/* worker_self - the worker this thread is, or NULL */
struct worker *worker_self(void);
/* worker_here - the caller's worker, or the first */
struct worker *worker_here(void);
/* worker_poke - make @w look at its queues, if it sleeps and is not the caller */
void worker_poke(struct worker *w);
/* worker_each - the @i-th worker, NULL behind the last */
struct worker *worker_each(unsigned i);
/* worker_start - start one more, by a worker; NULL: there are enough, or the host refuses */
struct worker *worker_start(void);

/* balance_init - @nr is as for sched_init(); how many workers there may be */
unsigned balance_init(unsigned nr);
/* balance_place - where a new fiber of the caller's begins */
struct worker *balance_place(void);
/* balance_round - @w is about to run the @n fibers of @queue: give one away if it is crowded */
void balance_round(struct worker *w, struct list_head *queue, unsigned n);

/* fiber_run - run @f on @w until it parks or ends */
void fiber_run(struct worker *w, struct fiber *f);
void fiber_free_stacks(struct worker *w);
/* fiber_hand_over - @f, runnable and on no queue, goes on at @to */
void fiber_hand_over(struct fiber *f, struct worker *to);

/* fiber_trace - have parked @f of the calling worker @w print its stack */
void fiber_trace(struct worker *w, struct fiber *f, int fd);
void fiber_print_stack(int fd);

void sources_init(struct worker *w);
void sources_fini(struct worker *w);

/* source_add_to - as poll_source_add(), on @w */
int source_add_to(struct worker *w, struct poll_source *s, poll_t events) must_check;

/* sources_serve - call the functions of what epoll_wait() returned */
void sources_serve(struct worker *w, const struct epoll_event *evs, int n);

/* core_woken - @w has slept, and woken on some core */
void core_woken(struct worker *w);
/* core_untie - @w, if any, is the caller: it and threads it makes may run on any core */
void core_untie(struct worker *w);

/* timers_run - call what is due; the next deadline, or PARK_FOREVER */
u64 timers_run(struct worker *w);

void fiber_switch(void **save_sp, void *sp);
void fiber_entry(void);
noreturn_fn void fiber_first(void);
