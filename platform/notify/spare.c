/*
 * Host threads that outlive their guest threads.
 *
 * A host thread with its channel takes ten host calls to make, several trips and
 * as much to end.  So a guest thread that ends leaves its vcpu parked in the
 * stub, and the next one of the same process gets it: that costs a context,
 * written into a channel that is there.  A few are kept in each process.
 *
 * A spare is in as->cpu like others, so that it is known when the process dies.
 * It stands in as->spares from the moment it has been let go; the reference to it
 * is what its owner had.
 *
 * Locks: as->lock guards as->spares, nr_spares, nr_kept and vcpu.spare.
 */
#include "platform/notify/frame.h"
#include "platform/notify/notify.h"
#include "platform/notify/pool.h"

#define SPARES_MAX 4

bool spare_reserve_locked(struct vcpu *v)
{
	struct aspace *as = v->as;
	enum vcpu_pos pos = vcpu_pos(v);

	_Static_assert(SPARES_MAX <= ARRAY_SIZE(as->spares), "there is no room");
	if (as->nr_kept == SPARES_MAX || v->tid == as->pid || (pos != POS_CALL && pos != POS_STUB))
		return false;
	v->spare = true;
	as->nr_kept++;
	return true;
}

static void put(struct vcpu *v)
{
	struct aspace *as = v->as;

	spin_lock(&as->lock);
	as->spares[as->nr_spares++] = v;
	spin_unlock(&as->lock);
}

void spare_park(struct vcpu *v)
{
	v->result = -ENOSYS;
	v->let_through = false;
	if (vcpu_pos(v) == POS_CALL) {
		if (v->stop.fast)
			v->reply = TURN_FULL;
		else
			vcpu_queue_kick(v);
		vcpu_answer(v);
	}
	put(v);
}

static struct vcpu *take(struct aspace *as)
{
	struct vcpu *v = NULL;

	spin_lock(&as->lock);
	if (as->nr_spares && !as->dead) {
		v = as->spares[--as->nr_spares];
		as->nr_kept--;
		v->spare = false;
		v->cpu.ns = 0;
		as->nr_vcpus++;
	}
	spin_unlock(&as->lock);
	return v;
}

/* In its stub again, as a new host thread would come there. */
static int revive(struct vcpu *v, struct vcpu *parent)
{
	int err = stub_enter(parent);

	if (err)
		return err;
	if (!vcpu_wait_park(v, KICK_CPU_LIMIT, false))
		return -EAGAIN;
	vcpu_kick_arrived(v);
	frame_lend(v, parent);
	__atomic_store_n(&v->kicked, 0, __ATOMIC_RELEASE);
	spin_lock(&v->lock);
	v->cpu.ran = 0;
	v->redirected = false;
	v->built = false;
	spin_unlock(&v->lock);
	v->orig_ax = parent->orig_ax;
	return 0;
}

int spare_take(struct vcpu *parent, struct vcpu **ret)
{
	struct vcpu *v = take(parent->as);
	int err;

	if (!v)
		return -ENOENT;
	err = revive(v, parent);
	if (err)
		vcpu_abandon(v);
	else
		*ret = v;
	return err;
}
