/*
 * What a call orders last: run by the stub on its way back to the guest.
 *
 * A change of the guest's memory is an order, and a call that changes it would be
 * two posts: one to ask, one when the order has been run.  Where nobody else can
 * see what is between the two, its answer goes along with the orders:
 *
 *	stub                             sentry
 *	args, then TURN_CALL     ----->  decides, and writes its books
 *	                         <-----  orders and result, TURN_LAST
 *	runs the orders; all well: the guest goes on
 *	else: INS_REFUSED, TURN_CALL ->  VCPU_REFUSED: the books are corrected
 *
 * A kick that meets the stub before the orders are run is noted in the channel
 * (CHAN_KICKED), and looked at behind them (serve_nested() in dispatch.c).
 *
 * A stub that says refused, or says nothing and has not run them, has
 * memory other than the books say, as one that changes it by forged calls.
 */
#include "platform/notify/last.h"
#include "lib/log.h"
#include "platform/host_op.h"
#include "platform/notify/keep.h"
#include "platform/notify/notify.h"

bool notify_vcpu_last_ops(struct vcpu *v, const struct host_op *ops, size_t n)
{
	struct host_op all[KEEP_OPS * 2];
	unsigned nr = 0;

	if (vcpu_pos(v) != POS_CALL || !v->stop.fast || v->last_orders || v->born_orders ||
	    n * KEEP_OPS > ARRAY_SIZE(all))
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned some = host_op_is_sound(&ops[i]) ? keep_find(v, &ops[i], &all[nr]) : 0;

		if (!some)
			return false;
		nr += some;
	}
	for (unsigned i = 0; i < nr; i++)
		chan_order(&v->ch, i, (u64)all[i].nr, all[i].args);
	v->last_orders = nr;
	__atomic_store_n(&v->last_sent, LAST_KEPT, __ATOMIC_SEQ_CST);
	return true;
}

void last_ops_send(struct vcpu *v)
{
	chan_write32(&v->ch, CHAN_NR_ORDERS, v->last_orders);
	chan_write32(&v->ch, CHAN_KICKED, 0);
	chan_write64(&v->ch, CHAN_DONE, 0);
	__atomic_store_n(&v->last_sent, v->last_orders, __ATOMIC_RELEASE);
}

void last_ops_stopped(struct vcpu *v)
{
	if (unlikely(__atomic_load_n(&v->last_sent, __ATOMIC_RELAXED)) && !v->stop.refused)
		__atomic_store_n(&v->last_sent, 0, __ATOMIC_SEQ_CST);
}

bool notify_vcpu_last_ops_done(const struct vcpu *v)
{
	u32 sent = __atomic_load_n(&v->last_sent, __ATOMIC_SEQ_CST);

	return !sent || (sent != LAST_KEPT && chan_read64(&v->ch, CHAN_DONE) >= sent);
}

/* What the host said to one of @n orders, of which @done went well. */
static int refusal(struct vcpu *v, unsigned n, u64 done, long last)
{
	/* What it was to be made of may be gone. */
	keep_forget(v);
	if (done < n && is_host_error(last))
		return (int)last;
	log_warn("host process %d forges results and is killed", v->as->pid);
	aspace_kill(v->as);
	return -ESRCH;
}

int notify_vcpu_last_ops_now(struct vcpu *v)
{
	unsigned n = v->last_orders, done;
	long last;
	int err;

	v->last_orders = 0;
	if (!n)
		return 0;
	err = stub_run_here(v, n, &done, &last);
	if (!err && done < n)
		err = refusal(v, n, done, last);
	if (!err)
		__atomic_store_n(&v->last_sent, 0, __ATOMIC_SEQ_CST);
	return err;
}

void last_ops_must(struct vcpu *v)
{
	if (likely(!v->last_orders) || !notify_vcpu_last_ops_now(v))
		return;
	log_warn("host process %d has other memory than it was told and is killed", v->as->pid);
	aspace_kill(v->as);
}

bool last_ops_event(struct vcpu *v, struct vcpu_event *ev)
{
	if (!v->stop.refused)
		return false;
	v->stop.refused = false;
	*ev = (struct vcpu_event){
		.kind = VCPU_REFUSED,
		.error = refusal(v, CHAN_MAX_ORDERS, v->stop.done, (long)v->stop.last),
	};
	return true;
}
