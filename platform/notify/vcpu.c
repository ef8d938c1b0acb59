/*
 * Host threads as the sentry drives them: run, kick, stop.
 *
 *	            answer                      notification
 *	  stopped  ---------->  POS_RUNNING  ------------------>  POS_CALL
 *	  (owner)               (dispatcher)      park            POS_STUB
 *	                                     ------------------>
 *	                                          host death      POS_GONE
 *
 * While a vcpu runs, its stop is the dispatcher's to fill; while it is stopped,
 * everything is its owner's, the fiber that called vcpu_run().
 *
 * A kick is a host signal.  Sent to a thread that runs, its handler is the stub,
 * which parks; sent to one whose call is with us, it waits there and the
 * handler runs right after our answer, before the guest's next instruction.  A
 * kick may thus arrive when nobody wants it any more: such a park is answered
 * at once.
 */
#include <signal.h>

#include "lib/alloc.h"
#include "lib/log.h"
#include "platform/notify/begin.h"
#include "platform/notify/bell.h"
#include "platform/notify/birth.h"
#include "platform/notify/frame.h"
#include "platform/notify/handover.h"
#include "platform/notify/last.h"
#include "platform/notify/notify.h"
#include "platform/notify/turn.h"
#include "platform/notify/watch.h"

/* How often a stub looks for its answer before it sleeps: tens of microseconds of pause. */
#define GUEST_SPINS 600

/* How often one that is waited for after a kick is looked at. */
#define KICK_CHECK (NSEC_PER_SEC / 2)

/* So many times it may have taken hardly any CPU time since: it sleeps, and the kick does not wake
 * it. */
#define IDLE_CHECKS 40
#define IDLE_CPU    (10 * NSEC_PER_MSEC)

struct vcpu *vcpu_get(struct vcpu *v)
{
	ref_get(&v->ref);
	return v;
}

void vcpu_put(struct vcpu *v)
{
	if (!ref_put(&v->ref))
		return;
	aspace_keep_channel(v->as, &v->ch);
	channel_destroy(&v->ch);
	aspace_put(v->as);
	kfree(v);
}

int vcpu_alloc(struct aspace *as, unsigned slot, struct vcpu **ret)
{
	struct vcpu *v = kzalloc(sizeof(*v));
	int err;

	if (!v)
		return -ENOMEM;
	v->ch.memfd = HOSTFD_NONE;
	err = channel_create(&v->ch, slot);
	if (!err)
		err = host_getrandom(&v->token, sizeof(v->token));
	if (err) {
		channel_destroy(&v->ch);
		kfree(v);
		return err;
	}
	ref_init(&v->ref);
	spin_init(&v->lock);
	cputime_thread_init(&v->cpu, &v->lock);
	list_init(&v->hash);
	list_init(&v->watch);
	v->as = aspace_get(as);
	v->pos = POS_UNBORN;
	v->orig_ax = NO_CALL;
	v->cpu_limit = KICK_CPU_LIMIT;
	v->bell = bell_new();
	chan_write32(&v->ch, CHAN_BELL, v->bell);
	begin_reset(v);
	frame_announce(v);
	chan_write32(&v->ch, CHAN_SPIN, GUEST_SPINS);
	*ret = v;
	return 0;
}

void vcpu_stopped(struct vcpu *v, enum vcpu_pos pos, const struct stop *s)
{
	spin_lock(&v->lock);
	cputime_stopped(&v->cpu);
	if (v->pos != POS_GONE) {
		/* Whoever looks at the position without the lock then looks at the rest. */
		if (s)
			v->stop = *s;
		vcpu_set_pos_locked(v, pos);
	}
	if (v->waiter)
		unpark(v->waiter);
	spin_unlock(&v->lock);
}

static bool is_stopped(const struct vcpu *v)
{
	return v->pos != POS_RUNNING && v->pos != POS_UNBORN;
}

struct patience {
	u64 limit; /* CPU time of the guest's at which it ends; 0: not yet known */
	u64 seen;  /* CPU time at the last check */
	unsigned idle;
};

/* The guest may not take much CPU time before it answers a kick, nor sleep. */
static void check_deaf(struct vcpu *v, struct patience *p)
{
	u64 now = vcpu_cputime(v);

	p->idle += now - p->seen < IDLE_CPU;
	p->seen = now;
	if (p->limit == 0) {
		p->limit = now + v->cpu_limit;
	} else if (now > p->limit || p->idle > IDLE_CHECKS) {
		log_warn("host process %d does not answer kicks and is killed", v->as->pid);
		aspace_kill(v->as);
	}
}

/* @ret_woken: by a fast call, whose stub had to wake us */
static enum vcpu_pos wait_asleep(struct vcpu *v, bool *ret_woken)
{
	struct patience patience = {0};
	u64 check = PARK_FOREVER;
	enum vcpu_pos pos;

	spin_lock(&v->lock);
	v->waiter = park_self();
	while (!is_stopped(v)) {
		bool watched = v->kick_sent || v->kick_met || v->in_stub;

		spin_unlock(&v->lock);
		if (!watched) {
			check = PARK_FOREVER;
			patience = (struct patience){0};
		} else if (check == PARK_FOREVER) {
			check = now_ns() + KICK_CHECK;
		} else if (now_ns() >= check) {
			check_deaf(v, &patience);
			check = now_ns() + KICK_CHECK;
		}
		park(check);
		spin_lock(&v->lock);
	}
	v->waiter = NULL;
	pos = v->pos;
	*ret_woken = pos == POS_CALL && v->stop.fast && v->stop.notified;
	spin_unlock(&v->lock);
	return pos;
}

enum vcpu_pos vcpu_wait(struct vcpu *v)
{
	enum vcpu_pos pos;
	bool woken;

	watch_add(v);
	do
		pos = vcpu_pos(v);
	while (pos == POS_RUNNING && watch_wait(v));
	watch_count();
	if (pos == POS_RUNNING) {
		pos = wait_asleep(v, &woken);
		if (woken)
			watch_called(v);
	}
	return pos;
}

/*
 * A line of the channel comes from the guest's core in the time the whole call
 * takes: ask for those that will be needed, at once.
 */
static inline void prefetch_call(const struct vcpu *v)
{
	const u8 *mem = v->ch.mem;

	__builtin_prefetch(mem + CHAN_TURN, 1);
	__builtin_prefetch(mem + CHAN_WIN_IN);
	for (size_t i = 0; i < 3; i++)
		__builtin_prefetch(mem + CHAN_WIN_OUT + i * 64, 1);
}

bool vcpu_look(struct vcpu *v)
{
	bool found;

	if (!turn_is_posted(v))
		return false;
	prefetch_call(v);
	spin_lock(&v->lock);
	found = turn_claim_locked(v);
	if (found && v->waiter)
		unpark(v->waiter);
	spin_unlock(&v->lock);
	if (found)
		handover_awake(v);
	return found;
}

int vcpu_wait_notified(struct vcpu *v)
{
	struct patience patience = {0};
	bool notified;

	v->cpu_limit = KICK_CPU_LIMIT;
	spin_lock(&v->lock);
	v->waiter = park_self();
	while (!v->stop.notified && v->pos != POS_GONE) {
		spin_unlock(&v->lock);
		park(now_ns() + KICK_CHECK);
		check_deaf(v, &patience);
		spin_lock(&v->lock);
	}
	v->waiter = NULL;
	notified = v->stop.notified;
	spin_unlock(&v->lock);
	return notified ? 0 : -ESRCH;
}

bool vcpu_park_arrived(struct vcpu *v, const struct stop *s)
{
	bool posted = true, owed = false;

	spin_lock(&v->lock);
	if (v->owes) {
		v->owes = false;
		owed = true;
	} else if (v->pos == POS_RUNNING) {
		posted = turn_claim_locked(v);
	}
	if (posted && !owed) {
		v->stop.id = s->id;
		v->stop.notified = true;
		if (v->waiter)
			unpark(v->waiter);
	}
	spin_unlock(&v->lock);
	if (owed)
		notif_must_answer(v, s->id, 0);
	return posted;
}

bool vcpu_wait_park(struct vcpu *v, u64 cpu_limit, bool call)
{
	enum vcpu_pos pos;

	v->in_stub = true;
	v->cpu_limit = cpu_limit;
	pos = vcpu_wait(v);
	v->in_stub = false;
	v->cpu_limit = KICK_CPU_LIMIT;
	if (call && pos == POS_CALL && v->stop.fast)
		return true;
	if (!call && pos == POS_STUB && v->stop.sp == channel_addr(&v->ch, notify.frame_off))
		return true;
	if (pos != POS_GONE) {
		log_warn("host process %d does not obey its stub and is killed", v->as->pid);
		aspace_kill(v->as);
	}
	return false;
}

/* With v->lock held, so that the host thread is not yet reaped. */
static void send_kick_locked(struct vcpu *v) REQUIRES(v->lock)
{
	v->kick_sent = true;
	if (host_tgkill(v->as->pid, v->tid, KICK_SIGNAL))
		log_debug("host thread %d cannot be kicked", v->tid);
}

void vcpu_kick_arrived(struct vcpu *v)
{
	spin_lock(&v->lock);
	v->kick_sent = false;
	spin_unlock(&v->lock);
}

void vcpu_queue_kick(struct vcpu *v)
{
	spin_lock(&v->lock);
	if (v->pos != POS_GONE)
		send_kick_locked(v);
	spin_unlock(&v->lock);
}

/* The turn that answers the stopped @v; 0: it waits for a notification's answer alone. */
static u32 next_turn(struct vcpu *v)
{
	if (v->pos == POS_STUB)
		return TURN_CMD | v->command;
	if (v->pos == POS_CALL && v->stop.fast)
		return v->reply ? v->reply : v->last_orders ? TURN_LAST : TURN_DONE;
	return 0;
}

/* What the fast call has written for the guest goes with its answer, or before something else. */
static void end_call(struct vcpu *v)
{
	if (v->reply) {
		window_close(v);
		return;
	}
	v->result = window_flush(v, v->result);
	chan_write64(&v->ch, CHAN_RESULT, (u64)v->result);
	if (v->last_orders)
		last_ops_send(v);
}

void vcpu_answer(struct vcpu *v)
{
	enum vcpu_pos pos;
	bool rests = false;
	int err = 0;
	u32 turn;
	u64 id;

	park_self()->on_sleep = NULL;
	if (v->stop.fast && vcpu_pos(v) == POS_CALL)
		end_call(v);
	spin_lock(&v->lock);
	pos = v->pos;
	id = v->stop.id;
	turn = next_turn(v);
	if (pos != POS_GONE) {
		vcpu_set_pos_locked(v, POS_RUNNING);
		cputime_resumed(&v->as->cpu, &v->cpu);
	}
	if (turn)
		id = turn_answer_locked(v, turn, &rests);
	spin_unlock(&v->lock);
	handover_answered(v, turn, rests);

	if (turn && v->born_orders)
		err = birth_answer(v, id);
	else if (turn)
		err = id ? notif_answer(id, 0) : 0;
	else if (pos == POS_CALL && v->let_through)
		err = notif_let_through(id);
	else if (pos == POS_CALL)
		err = notif_answer(id, v->result);
	/* -ENOENT: it was killed, and we shall hear of it.  Else it would wait for ever. */
	if (err && err != -ENOENT)
		aspace_kill(v->as);
	v->let_through = false;
	v->command = 0;
	v->reply = 0;
	v->last_orders = 0;
}

void notify_vcpu_kick(struct vcpu *v)
{
	if (__atomic_exchange_n(&v->kicked, 1, __ATOMIC_SEQ_CST))
		return;
	spin_lock(&v->lock);
	if (v->pos == POS_RUNNING) {
		send_kick_locked(v);
		if (v->waiter)
			unpark(v->waiter);
	}
	spin_unlock(&v->lock);
}

static bool take_kick(struct vcpu *v)
{
	return __atomic_exchange_n(&v->kicked, 0, __ATOMIC_ACQ_REL);
}

/* What the stop means to the sentry; false: nothing, let it run on. */
static bool stop_to_event(struct vcpu *v, enum vcpu_pos pos, struct vcpu_event *ev)
{
	const struct stop *s = &v->stop;

	v->orig_ax = NO_CALL;
	if (pos == POS_GONE) {
		ev->kind = VCPU_DEAD;
		ev->status = aspace_status(v->as);
		return true;
	}
	if (pos == POS_STUB && v->redirected) {
		if (v->answered == TURN_DONE || v->answered == TURN_LAST || v->built)
			frame_complete(v);
		v->redirected = false;
		v->built = false;
		ev->kind = VCPU_KICKED;
		return __atomic_load_n(&v->kicked, __ATOMIC_ACQUIRE);
	}
	if (pos == POS_STUB)
		return frame_event(v, ev);
	if (last_ops_event(v, ev))
		return true;
	if (!s->fast && s->ip - STUB_BASE < STUB_SIZE) {
		/* One of the stub's instructions, forged. */
		*ev = (struct vcpu_event){
			.kind = VCPU_FAULT,
			.fault = {.signo = SIGSEGV, .code = SEGV_ACCERR, .addr = s->ip},
		};
		v->result = -ENOSYS;
		return true;
	}
	ev->kind = VCPU_SYSCALL;
	ev->call.nr = s->nr;
	ev->call.ip = s->fast ? 0 : s->ip;
	ev->call.compat = s->compat;
	ev->call.fast = s->fast;
	memcpy(ev->call.args, s->args, sizeof(s->args));
	v->orig_ax = s->nr;
	v->result = -ENOSYS;
	return true;
}

/* The fiber that serves a call goes to sleep: its guest need not spin. */
static void call_sleeps(void *vcpu)
{
	struct vcpu *v = vcpu;

	watch_remove(v);
	if (!v->stop.fast)
		return;
	notify_window_spill(v);
	handover_sleeps(v);
}

/* From now until the answer the fiber may sleep. */
static void begin_call(struct vcpu *v)
{
	struct parker *p = park_self();

	v->win.failed = false;
	if (v->stop.fast)
		window_open(v);
	p->on_sleep = call_sleeps;
	p->on_sleep_arg = v;
}

static void let_go(struct vcpu *v)
{
	if (unlikely(v->bulk.wanted))
		bulk_make(v);
	stub_flush(v);
	vcpu_answer(v);
	/* A kick between our look at it and POS_RUNNING has sent no signal. */
	if (__atomic_load_n(&v->kicked, __ATOMIC_SEQ_CST))
		vcpu_queue_kick(v);
}

int notify_vcpu_run(struct vcpu *v, struct vcpu_event *ev)
{
	enum vcpu_pos pos;

	do {
		if (take_kick(v) && vcpu_pos(v) != POS_GONE) {
			ev->kind = VCPU_KICKED;
			return 0;
		}
		let_go(v);
		pos = vcpu_wait(v);
		last_ops_stopped(v);
	} while (!stop_to_event(v, pos, ev));
	take_kick(v);
	if (ev->kind == VCPU_SYSCALL)
		begin_call(v);
	return 0;
}

void notify_vcpu_set_result(struct vcpu *v, long ret)
{
	v->result = v->win.failed ? -EFAULT : ret;
	if (vcpu_pos(v) == POS_STUB)
		frame_set_result(v, v->result);
}

struct aspace *notify_vcpu_aspace(struct vcpu *v)
{
	return v->as;
}
