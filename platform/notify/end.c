/*
 * How a vcpu ends: its guest thread's, one whose birth failed, its whole process's.
 *
 * The host thread of one whose process lives on parks in the stub and is told to
 * exit, or stays for the next guest thread (spare.c).  The first of a process stays
 * until the process ends.
 *
 * Locks: aspace.lock, then vcpu.lock.
 */
#include <sys/syscall.h>

#include "lib/park.h"
#include "platform/notify/notify.h"
#include "platform/notify/pool.h"
#include "platform/notify/turn.h"
#include "platform/notify/watch.h"

void vcpu_exited(struct vcpu *v)
{
	struct aspace *as = v->as;
	bool done;

	/* Once, whoever comes first: its owner, its exit or the death of the process. */
	spin_lock(&as->lock);
	done = list_empty(&v->cpu.node);
	list_del(&v->cpu.node);
	spin_unlock(&as->lock);
	if (done)
		return;
	spin_lock(&v->lock);
	if (v->bulk.stuck)
		bulk_release_locked(v);
	spin_unlock(&v->lock);
	aspace_slot_put(as, v->ch.slot);
	threads_remove(v);
	vcpu_put(v);
}

int vcpu_tell_exit(struct vcpu *v, u64 id)
{
	bool rests; /* it does not: it parks */

	spin_lock(&v->lock);
	v->stop.notified = true;
	v->stop.id = id;
	id = turn_answer_locked(v, TURN_CMD | STUB_CMD_EXIT, &rests);
	spin_unlock(&v->lock);
	return notif_answer(id, 0);
}

/* Its host thread ends while others of the process go on. */
static void end_thread(struct vcpu *v)
{
	const struct stop *s = &v->stop;
	enum vcpu_pos pos = vcpu_pos(v);

	v->command = STUB_CMD_EXIT;
	v->let_through = pos == POS_CALL && s->nr == SYS_exit && !s->compat && !s->fast;
	if (v->let_through) {
		/* Its channel stays mapped there until another vcpu gets the slot. */
		if (notif_let_through(s->id))
			aspace_kill(v->as);
		vcpu_exited(v);
		return;
	}
	if (pos == POS_CALL && s->fast)
		v->reply = TURN_FULL;
	else if (pos == POS_CALL)
		vcpu_queue_kick(v);
	vcpu_answer(v);
}

void notify_vcpu_destroy(struct vcpu *v)
{
	struct aspace *as = v->as;
	struct parker *self = park_self();
	bool last, lives_on, spare;

	/* What was to be done for its call when its fiber sleeps is no more. */
	if (self->on_sleep_arg == v)
		self->on_sleep = NULL;
	vcpu_get(v);
	watch_remove(v);
	v->last_orders = 0;
	spin_lock(&as->lock);
	last = --as->nr_vcpus == 0;
	lives_on = !last && !as->dead;
	spare = lives_on && spare_reserve_locked(v);
	spin_lock(&v->lock);
	v->exiting = lives_on && !spare;
	spin_unlock(&v->lock);
	spin_unlock(&as->lock);

	if (last)
		aspace_kill(as);
	if (!lives_on)
		vcpu_exited(v);
	else if (spare)
		spare_park(v);
	else if (v->tid != as->pid)
		end_thread(v);
	/* The first thread stays, parked, till the end: memory is reached through it. */
	vcpu_put(v);
}

void vcpu_abandon(struct vcpu *v)
{
	watch_remove(v);
	spin_lock(&v->as->lock);
	v->as->nr_vcpus--;
	spin_unlock(&v->as->lock);
	vcpu_exited(v);
}
